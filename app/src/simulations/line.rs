//! One run in the list: it can be chosen, pinned and opened.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use workbench::simulation::{RunStatus, registry::Browse};

use super::{
    cursor::Cursor,
    place,
    server::{Row, pin_runs},
};
use crate::components::{format, icon::Icon, toasts::use_toasts};

/// The id of the row at a place.
pub(super) fn place_id(at: u64) -> String {
    ["hf-run-", &at.to_string()].concat()
}

/// Chooses a run, or lets go of it.
pub(super) fn toggle(chosen: RwSignal<Vec<String>>, id: &str) {
    chosen.update(|chosen| {
        let before = chosen.len();
        chosen.retain(|known| known != id);
        if chosen.len() == before {
            chosen.push(id.to_owned());
        }
    });
}

/// One of the runs, at its place.
#[component]
pub(super) fn Line(
    row: Row,
    at: u64,
    chosen: RwSignal<Vec<String>>,
    cursor: Cursor,
) -> impl IntoView {
    let id = StoredValue::new(row.id.clone());
    let is_chosen = move || id.with_value(|id| chosen.with(|chosen| chosen.contains(id)));
    let choose = move |_| id.with_value(|id| toggle(chosen, id));
    let is_current = move || cursor.at() == Some(at);
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
    // Of a trial it is another measure that stands there, and no letters.
    let means = row.means.filter(|_| !row.protocol_version.is_empty());
    let vision = means.map(|it| [&*one(it.baseline), " → ", &one(it.last)].concat());
    let injections = row.means.map(|it| one(it.injections));
    let none = || "–".to_owned();
    let count = |number: Option<u64>| number.map_or_else(none, format::count);
    view! {
        <tr
            id=place_id(at) aria-rowindex=at + 2 aria-selected=move || is_chosen().to_string()
            class=("hf-here", is_current) on:click=move |_| cursor.go(Some(at)) on:focusin=move |_| cursor.go(Some(at))
        >
            <td class="pl-4!"><input type="checkbox" tabindex="-1" class="checkbox checkbox-xs checkbox-primary" aria-label=row.name.clone() prop:checked=is_chosen on:change=choose/></td>
            <td><Pin id=row.id.clone() is_pinned=row.is_pinned name=row.name.clone()/></td>
            <td class="h-12! overflow-hidden">
                <div class="flex items-center gap-1.5 overflow-hidden"><A href=place::of_run(&row.id) attr:class="font-medium text-sm truncate max-w-72 shrink-0 max-lg:shrink">{row.name}</A>{state}<span class="contents max-lg:hidden">{tags.collect_view()}</span></div>
                <div class="font-mono text-2xs text-faint truncate">{row.id}</div>
            </td>
            <td class="max-md:hidden"><div class="truncate">{row.protocol}</div><div class="text-2xs text-faint num truncate">{ran}</div></td>
            <td class="num">{format::count(row.patients.into())}</td>
            <td class="num max-lg:hidden">{format::number(row.years, 2)}</td>
            <td class="num max-lg:hidden">{count(row.visits)}</td>
            <td class="num max-xl:hidden">{vision.unwrap_or_else(none)}</td>
            <td class="num max-xl:hidden">{injections.unwrap_or_else(none)}</td>
            <td class="num pr-4! max-lg:hidden">{row.bytes.map_or_else(none, format::bytes)}</td>
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
        <button tabindex="-1" class=class aria-pressed=is_pinned.to_string() aria-label=format!("Pin {name}") title="Kept in memory before others" on:click=pin><Icon name="pin" small=true/></button>
    }
    .into_any()
}

/// A mean with one decimal, as letters are read.
fn one(mean: f64) -> String {
    format!("{mean:.1}")
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
