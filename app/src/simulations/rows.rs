//! The runs as a table; each can be chosen, pinned and opened.

use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};
use leptos_router::components::A;
use workbench::simulation::{RunStatus, registry::Browse};

use super::{
    place,
    server::{Row, pin_runs},
};
use crate::components::{format, icon::Icon, toasts::use_toasts};

/// The table.
#[component]
pub(super) fn Rows(rows: Memo<Vec<Row>>, chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let ids = move || rows.with(|rows| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    let is_all = move || {
        let ids = ids();
        chosen.with(|chosen| !ids.is_empty() && ids.iter().all(|id| chosen.contains(id)))
    };
    let choose_all = move |event| {
        chosen.set(match event_target_checked(&event) {
            true => ids(),
            false => Vec::new(),
        });
    };
    view! {
        <table class="hf-grid tight" aria-label="Runs">
            <thead>
                <tr>
                    <th scope="col" class="pl-4! w-8"><input type="checkbox" class="checkbox checkbox-xs checkbox-primary" aria-label="All runs" prop:checked=is_all on:change=choose_all/></th>
                    <th scope="col" class="w-6"><span class="sr-only">"Pinned"</span></th>
                    <th scope="col">"Run"</th>
                    <th scope="col" class="max-md:hidden">"Protocol"</th>
                    <th scope="col" class="num">"Patients"</th>
                    <th scope="col" class="num">"Years"</th>
                    <th scope="col" class="num max-md:hidden">"Visits"</th>
                    <th scope="col" class="num pr-4! max-md:hidden">"Size"</th>
                </tr>
            </thead>
            <tbody><For each=move || rows.get() key=|row| (row.id.clone(), row.version) let:row><Line row chosen/></For></tbody>
        </table>
    }
    .into_any()
}

#[component]
fn Line(row: Row, chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let id = StoredValue::new(row.id.clone());
    let is_chosen = move || id.with_value(|id| chosen.with(|chosen| chosen.contains(id)));
    let choose = move |event| {
        let is = event_target_checked(&event);
        chosen.update(|chosen| {
            id.with_value(|id| {
                chosen.retain(|known| known != id);
                if is {
                    chosen.push(id.clone());
                }
            });
        });
    };
    let tags = row.tags.into_iter().map(|tag| {
        let only = Browse {
            tags: vec![tag.clone()],
            ..Browse::default()
        };
        view! { <A href=place::of(&only) attr:class="hf-chip hf-chip-line h-4.5! px-1! bg-base-100!">{tag}</A> }
    });
    let state = match (row.status, row.reason) {
        (RunStatus::Completed, _) => None,
        (RunStatus::Pending, _) => {
            Some(view! { <span class="hf-chip hf-chip-warn h-4.5!">"going"</span> }.into_any())
        }
        (RunStatus::Failed, reason) => {
            let reason = reason.unwrap_or_default();
            Some(view! { <span class="hf-chip hf-chip-err h-4.5!" title=reason.clone()>"failed"<span class="sr-only">{format!(": {reason}")}</span></span> }.into_any())
        }
    };
    let ran = match row.runtime_ms {
        // Nothing was simulated.
        _ if row.protocol_version.is_empty() => "imported".to_owned(),
        Some(ms) => format!("version {}, ran in {}", row.protocol_version, duration(ms)),
        None => format!("version {}", row.protocol_version),
    };
    let count = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), format::count);
    view! {
        <tr aria-selected=move || is_chosen().to_string()>
            <td class="pl-4!"><input type="checkbox" class="checkbox checkbox-xs checkbox-primary" aria-label=row.name.clone() prop:checked=is_chosen on:change=choose on:keydown=step/></td>
            <td><Pin id=row.id.clone() is_pinned=row.is_pinned name=row.name.clone()/></td>
            <td class="h-12!">
                <div class="flex items-center gap-1.5"><A href=place::of_run(&row.id) attr:class="font-medium text-sm truncate max-w-72">{row.name}</A>{state}{tags.collect_view()}</div>
                <div class="font-mono text-2xs text-faint">{row.id}</div>
            </td>
            <td class="max-md:hidden"><div class="truncate max-w-72">{row.protocol}</div><div class="text-2xs text-faint num">{ran}</div></td>
            <td class="num">{format::count(row.patients.into())}</td>
            <td class="num">{format::number(row.years, 2)}</td>
            <td class="num max-md:hidden">{count(row.visits)}</td>
            <td class="num pr-4! max-md:hidden">{row.bytes.map_or_else(|| "–".to_owned(), format::bytes)}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn Pin(id: String, is_pinned: bool, name: String) -> impl IntoView {
    let toasts = use_toasts();
    let pin = move |_| {
        let id = id.clone();
        spawn_local(async move {
            if let Err(error) = pin_runs(vec![id], !is_pinned).await {
                toasts.error(error.to_string());
            }
        });
    };
    let class = if is_pinned {
        "text-primary cursor-pointer"
    } else {
        "text-faint cursor-pointer"
    };
    view! {
        <button class=class aria-pressed=is_pinned.to_string() aria-label=format!("Pin {name}") title="Kept in memory before others" on:click=pin><Icon name="pin" small=true/></button>
    }
    .into_any()
}

/// Up and down go from one run's box to the next; space chooses it, as with any box.
fn step(event: KeyboardEvent) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast as _;
        let is_down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        event.prevent_default();
        let line = event_target::<web_sys::Element>(&event).closest("tr");
        let next = line.ok().flatten().and_then(|line| match is_down {
            true => line.next_element_sibling(),
            false => line.previous_element_sibling(),
        });
        let boxed = next.and_then(|line| line.query_selector("input").ok().flatten());
        if let Some(boxed) = boxed.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
            drop(boxed.focus());
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _nobody_types = event;
}

/// A time in milliseconds: `0.4 s`, `12.5 s`, `2 min 28 s`.
pub(super) fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0 if ms < 100 => "under 0.1 s".to_owned(),
        0..60 => format!("{seconds}.{} s", ms % 1000 / 100),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_have_the_unit_that_fits() {
        let cases = [
            (40, "under 0.1 s"),
            (420, "0.4 s"),
            (12_580, "12.5 s"),
            (148_000, "2 min 28 s"),
        ];
        for (ms, text) in cases {
            assert_eq!(duration(ms), text);
        }
    }
}
