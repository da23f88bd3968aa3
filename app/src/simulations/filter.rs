//! What narrows the list, the searches that were kept, and the memory: a rail, and a sheet over the list on a phone.

use leptos::prelude::*;

use super::{
    facets::Facets, memory::MemoryPart, saved::Saved, seek::Seek, server::Memory, shown::Shown,
};
use crate::components::{
    format,
    live::Live,
    sheet::{Names, Sheet, SheetClose, SheetOpen},
    toasts::use_toasts,
};

/// What the sheet is called on the page.
pub(super) const NAMES: Names = Names {
    id: "hf-run-filters",
    opener: "hf-open-run-filters",
    close: ("hf-close-run-filters", "Close filters"),
    behind: &[".hf-top", ".hf-dock", "#hf-run-list"],
};

/// The rail. `is_alive`: what is made of the list's answer may be shown.
#[component]
pub(super) fn Filter(
    sheet: Sheet,
    shown: Shown,
    seek: Seek,
    memory: Live<Memory>,
    is_alive: RwSignal<bool>,
) -> impl IntoView {
    let found = move || format::plural(shown.total(), "run", "runs");
    view! {
        <aside
            id=NAMES.id class="hf-rail hf-sheet w-56 shrink-0 max-md:hidden" aria-label="Filter and memory"
            role=move || sheet.is_open().then_some("dialog") aria-modal=move || sheet.is_open().then_some("true")
            data-open=move || sheet.is_open().then_some("") on:keydown=move |event| sheet.follow(&event)
        >
            <div class="h-11 px-4 flex items-center border-b border-line shrink-0">
                <h2 class="font-semibold">"Filter runs"</h2>
                <span class="flex-1"></span>
                <Clear seek sheet/>
                <SheetClose sheet/>
            </div>
            <div class="hf-sheet-body">
                <Show when=move || is_alive.get()><Facets page=shown.page seek/></Show>
                <Saved seek/>
                <MemoryPart memory/>
            </div>
            <div class="hf-sheet-foot border-t border-line p-4 bg-base-100 shrink-0">
                <Show when=move || is_alive.get()>
                    <button type="button" class="btn btn-primary h-12 w-full text-base!" on:click=move |_| sheet.close()>"Show "{found}</button>
                </Show>
            </div>
        </aside>
    }
    .into_any()
}

/// The button that opens the sheet, with how many filters are on.
#[component]
pub(super) fn FilterButton(sheet: Sheet, seek: Seek) -> impl IntoView {
    let count = Memo::new(move |_| count(seek));
    let told = move || {
        let is_on = |count: &usize| *count > 0;
        Some(count.get()).filter(is_on).map(|count| {
            view! { <span class="hf-chip hf-chip-on num">{count.to_string()}<span class="sr-only">" on"</span></span> }
        })
    };
    view! { <SheetOpen sheet class="btn btn-sm max-md:h-10 md:hidden">"Filter"{told}</SheetOpen> }
        .into_any()
}

/// Values that are chosen in the facets.
fn count(seek: Seek) -> usize {
    seek.sought.with(|sought| {
        let lists = [&sought.protocols, &sought.models, &sought.tags];
        lists.iter().map(|list| list.len()).sum()
    })
}

#[component]
fn Clear(seek: Seek, sheet: Sheet) -> impl IntoView {
    let toasts = use_toasts();
    let clear = move |_| {
        let before = seek.sought.get_untracked();
        seek.with(|sought| {
            for list in [&mut sought.protocols, &mut sought.models, &mut sought.tags] {
                list.clear();
            }
        });
        sheet.keep_focus();
        toasts.offer("The filters are cleared", "Undo", move || {
            seek.to(before.clone());
        });
    };
    let is_on = Memo::new(move |_| count(seek) > 0);
    view! {
        <Show when=move || is_on.get()>
            <button type="button" class="btn btn-xs btn-ghost" on:click=clear>"Clear"</button>
        </Show>
    }
    .into_any()
}
