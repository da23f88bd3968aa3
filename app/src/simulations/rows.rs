//! The runs as a list that scrolls through all that were found: only those on screen are made. Keys move through it,
//! choose and open.

use leptos::{ev::KeyboardEvent, html::Table, prelude::*, web_sys::Element};
use leptos_router::hooks::use_navigate;

use super::{
    cursor::Cursor,
    line::{Line, place_id, toggle},
    place,
    shown::Shown,
};
use crate::components::{scroll::Scroll, window::Window};

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
    let grid = NodeRef::<Table>::new();
    let total = Memo::new(move |_| shown.total());
    // Until the page is alive the runs that came with it are there.
    let scroll = Scroll::new(ROW, HEAD, total, Memo::new(move |_| shown.first()));
    let Scroll { port, window, .. } = scroll;
    shown.keep_filled(window);

    let cursor = Cursor::new();
    keep_place(shown, scroll, cursor);
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
                scroll.measure();
                let port = port.get_untracked();
                let page = port.map_or(1, |port| port.seen().len);
                let Some(at) = cursor.led(&key, total.get_untracked(), page) else {
                    return;
                };
                cursor.go(Some(at));
                if let Some(target) = port.and_then(|port| port.top_for(at)) {
                    scroll.to(target);
                }
                // What had the focus may leave the list with its row.
                if let (true, Some(grid)) = (is_on_control, grid.get_untracked()) {
                    drop(grid.focus());
                }
            }
        }
        event.prevent_default();
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
        <div class="flex-1 min-h-0 overflow-auto scroll-pt-8" node_ref=scroll.element on:scroll=move |_| scroll.measure()>
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
                    <tr aria-hidden="true" class="hf-gap"><td style=scroll.gap(true)></td></tr>
                    <For each=visible key=|(at, row)| (*at, row.as_ref().map(|row| (row.id.clone(), row.version))) let((at, row))>
                        {match row {
                            Some(row) => view! { <Line row at chosen cursor/> }.into_any(),
                            None => view! { <Late at/> }.into_any(),
                        }}
                    </For>
                    <tr aria-hidden="true" class="hf-gap"><td style=scroll.gap(false)></td></tr>
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
fn keep_place(shown: Shown, scroll: Scroll, cursor: Cursor) {
    let anchor = StoredValue::new(None::<(u64, String)>);
    Effect::new(move |_| {
        let Some(port) = scroll.port.get() else {
            return;
        };
        let first = port.seen().first;
        cursor.follow(shown);
        let before = anchor
            .get_value()
            .filter(|(at, _)| *at == first && port.top > 0.0);
        if let Some((at, id)) = before
            && let Some(now) = shown.place_of(&id).filter(|now| *now != at)
        {
            #[expect(clippy::cast_precision_loss, reason = "places of one list")]
            scroll.to(port.top + (now as f64 - at as f64) * ROW);
        }
        anchor.set_value(shown.row(first).map(|row| (first, row.id)));
    });
    Effect::new(move |before: Option<_>| {
        let sought = shown.with(|page| Some(page.sought.clone()));
        if before.is_some_and(|before| before != sought) {
            anchor.set_value(None);
            cursor.go(None);
            scroll.to(0.0);
        }
        sought
    });
}
