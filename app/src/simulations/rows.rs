//! The runs as a list that scrolls through all that were found: only those on screen are made. Keys move through it,
//! choose and open.

use leptos::{
    ev::KeyboardEvent,
    html::{Div, Table},
    prelude::*,
    web_sys::Element,
};
use leptos_router::hooks::use_navigate;

use super::{
    cursor::Cursor,
    line::{Line, place_id, toggle},
    place,
    shown::Shown,
};
use crate::components::window::{Port, Window};

/// Height of a row in pixels, as its class `h-12` has it, and of the head.
const ROW: f64 = 48.0;
const HEAD: f64 = 32.0;

/// The list.
#[component]
pub(super) fn Rows(
    shown: Shown,
    chosen: RwSignal<Vec<String>>,
    /// Chooses all that were found, or lets go of them.
    choose_all: Callback<bool>,
) -> impl IntoView {
    let (element, grid) = (NodeRef::<Div>::new(), NodeRef::<Table>::new());
    let height = RwSignal::new(None::<f64>);
    let top = RwSignal::new(0.0);
    let total = Memo::new(move |_| shown.total());
    let port = Memo::new(move |_| {
        Some(Port {
            top: top.get(),
            height: (height.get()? - HEAD).max(ROW),
            row: ROW,
            total: total.get(),
        })
    });
    // Until the page is alive the runs that came with it are there.
    let window = Memo::new(move |_| match port.get() {
        Some(port) => port.window(),
        None => Window {
            first: 0,
            len: shown.first(),
        },
    });
    let measure = move || {
        if let Some(element) = element.try_get_untracked().flatten() {
            height.set(Some(f64::from(element.client_height())));
            top.set(f64::from(element.scroll_top()));
        }
    };
    Effect::new(move |_| {
        element.track();
        measure();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    shown.keep_filled(window);

    let scroll_to = move |pixels: f64| {
        if let Some(element) = element.try_get_untracked().flatten() {
            #[expect(clippy::cast_possible_truncation, reason = "pixels of a list")]
            element.set_scroll_top(pixels.round() as i32);
        }
    };
    let cursor = Cursor::new();
    keep_place(shown, port, cursor, scroll_to);
    let navigate = use_navigate();
    let on_key = move |event: KeyboardEvent| {
        let target = event_target::<Element>(&event);
        let is_on_control = matches!(target.closest("a, button, input"), Ok(Some(_)));
        let run = || {
            cursor
                .at_untracked()
                .and_then(|at| untrack(|| shown.row(at)))
        };
        let key = event.key();
        match &*key {
            _ if event.alt_key() => return,
            "a" | "A" if event.ctrl_key() || event.meta_key() => choose_all.run(true),
            // A link, a button or a box answers these itself.
            "Enter" | " " if is_on_control => return,
            "Enter" => match run() {
                Some(run) => navigate(&place::of_run(&run.id), Default::default()),
                None => return,
            },
            " " => match run() {
                Some(run) => toggle(chosen, &run.id),
                None => return,
            },
            _ => {
                // The bar of what is chosen may have come or gone.
                measure();
                let port = port.get_untracked();
                let page = port.map_or(1, |port| port.seen().len);
                let Some(at) = cursor.led(&key, total.get_untracked(), page) else {
                    return;
                };
                cursor.go(Some(at));
                if let Some(target) = port.and_then(|port| port.top_for(at)) {
                    scroll_to(target);
                }
                // What had the focus may leave the list with its row.
                if let (true, Some(grid)) = (is_on_control, grid.get_untracked()) {
                    drop(grid.focus());
                }
            }
        }
        event.prevent_default();
    };
    let gap = move |is_above: bool| {
        move || {
            let pixels = port.get().map_or(0.0, |port| {
                let window = window.get();
                match is_above {
                    true => port.above(window),
                    false => port.below(window),
                }
            });
            ["height:", &pixels.round().to_string(), "px"].concat()
        }
    };
    let visible = move || {
        let Window { first, len } = window.get();
        let rows = (first..first + len).map(|at| (at, shown.row(at)));
        rows.collect::<Vec<_>>()
    };
    let active = move || {
        let Window { first, len } = window.get();
        let at = cursor.at()?;
        (first..first + len).contains(&at).then(|| place_id(at))
    };
    let is_all = move || {
        let chosen = chosen.with(Vec::len) as u64;
        chosen > 0 && chosen >= total.get()
    };
    view! {
        <div class="flex-1 min-h-0 overflow-auto scroll-pt-8" node_ref=element on:scroll=move |_| measure()>
            <table
                class="hf-grid hf-runs tight table-fixed" node_ref=grid role="grid" tabindex="0" aria-label="Runs" aria-multiselectable="true"
                aria-rowcount=move || total.get() + 1 aria-activedescendant=active on:keydown=on_key
            >
                <thead>
                    <tr aria-rowindex="1">
                        <th scope="col" class="pl-4! w-11"><input type="checkbox" class="checkbox checkbox-xs checkbox-primary" aria-label="All runs" prop:checked=is_all on:change=move |event| choose_all.run(event_target_checked(&event))/></th>
                        <th scope="col" class="w-8"><span class="sr-only">"Pinned"</span></th>
                        <th scope="col">"Run"</th>
                        <th scope="col" class="w-1/4 max-md:hidden">"Protocol"</th>
                        <th scope="col" class="num w-24 max-md:w-20">"Patients"</th>
                        <th scope="col" class="num w-16 max-lg:hidden">"Years"</th>
                        <th scope="col" class="num w-24 max-lg:hidden">"Visits"</th>
                        <th scope="col" class="num w-28 max-xl:hidden" title="Mean over all patients, at baseline and at the last visit">"Vision, letters"</th>
                        <th scope="col" class="num w-20 max-xl:hidden" title="Mean of a patient">"Injections"</th>
                        <th scope="col" class="num w-24 pr-4! max-lg:hidden">"Size"</th>
                    </tr>
                </thead>
                <tbody>
                    <tr aria-hidden="true" class="hf-gap"><td style=gap(true)></td></tr>
                    <For each=visible key=|(at, row)| (*at, row.as_ref().map(|row| (row.id.clone(), row.version))) let((at, row))>
                        {match row {
                            Some(row) => view! { <Line row at chosen cursor/> }.into_any(),
                            None => view! { <Late at/> }.into_any(),
                        }}
                    </For>
                    <tr aria-hidden="true" class="hf-gap"><td style=gap(false)></td></tr>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A run that is on its way.
#[component]
fn Late(at: u64) -> impl IntoView {
    view! {
        <tr id=place_id(at) aria-rowindex=at + 2 aria-busy="true">
            <td class="h-12!"></td>
            <td></td>
            <td><span class="hf-late skeleton block h-4 rounded-selector bg-base-300"></span><span class="sr-only">"Loading"</span></td>
        </tr>
    }
    .into_any()
}

/// What is looked at stays where it is on screen while runs come and go above it; at the very top the newest are seen.
/// Another question begins at the top.
fn keep_place(
    shown: Shown,
    port: Memo<Option<Port>>,
    cursor: Cursor,
    scroll_to: impl Fn(f64) + Copy + 'static,
) {
    let anchor = StoredValue::new(None::<(u64, String)>);
    Effect::new(move |_| {
        let Some(port) = port.get() else { return };
        let first = port.seen().first;
        cursor.follow(shown);
        let before = anchor
            .get_value()
            .filter(|(at, _)| *at == first && port.top > 0.0);
        if let Some((at, id)) = before
            && let Some(now) = shown.place_of(&id).filter(|now| *now != at)
        {
            #[expect(clippy::cast_precision_loss, reason = "places of one list")]
            scroll_to(port.top + (now as f64 - at as f64) * ROW);
        }
        anchor.set_value(shown.row(first).map(|row| (first, row.id)));
    });
    Effect::new(move |before: Option<_>| {
        let sought = shown.with(|page| Some(page.sought.clone()));
        if before.is_some_and(|before| before != sought) {
            anchor.set_value(None);
            cursor.go(None);
            scroll_to(0.0);
        }
        sought
    });
}
