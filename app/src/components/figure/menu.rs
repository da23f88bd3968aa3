//! A figure's menu: as a picture, as its rows, as a table.

use leptos::prelude::*;

use super::{bridge, csv::csv, types::Figure};
use crate::components::{
    icon::Icon,
    popup::{Popup, hide, opens},
    toasts::use_toasts,
};

const ENTRY: &str =
    "w-full h-7 px-2 rounded-selector flex items-center gap-2 hover:bg-hover cursor-pointer";

/// The button and what it opens. `id` names the panel and the files.
#[component]
pub(super) fn Menu(
    figure: Signal<Figure>,
    id: String,
    handle: RwSignal<Option<u32>>,
    is_table: RwSignal<bool>,
) -> impl IntoView {
    let toasts = use_toasts();
    let panel = ["menu-", &id].concat();
    let stored = StoredValue::new((panel.clone(), id));
    let close = move || stored.with_value(|(panel, _)| hide(panel));
    let name = move || figure.with(|figure| figure.name.clone());
    let said = move |is_saved: bool| {
        close();
        if !is_saved {
            toasts.error("There is no chart to save yet. Wait until it is drawn, and try again.");
        }
    };
    let picture = move |kind: &'static str| {
        let handle = handle.get_untracked();
        let is_saved = stored.with_value(|(_, file)| {
            handle.is_some_and(|handle| bridge::save_picture(handle, kind, file))
        });
        said(is_saved);
    };
    let rows = move |_| {
        let text = figure.with_untracked(csv);
        said(stored.with_value(|(_, file)| bridge::save_csv(file, &text)));
    };
    let turn = move |_| {
        is_table.update(|is_table| *is_table = !*is_table);
        close();
    };
    view! {
        <button
            type="button" class="btn btn-xs btn-ghost btn-square shrink-0" aria-label=move || ["Menu of ", &name()].concat()
            popovertarget=panel.clone() on:click=opens(panel.clone())
        >
            <Icon name="ellipsis" small=true/>
        </button>
        <Popup id=panel label=Signal::derive(move || ["Menu of ", &name()].concat()) class="w-48 p-1">
            <ul>
                <li><button type="button" class=ENTRY on:click=move |_| picture("png")><Icon name="image" small=true class="text-faint"/>"PNG"<span class="ml-auto text-2xs text-faint">"2×"</span></button></li>
                <li><button type="button" class=ENTRY on:click=move |_| picture("svg")><Icon name="pencil" small=true class="text-faint"/>"SVG"</button></li>
                <li><button type="button" class=ENTRY on:click=rows><Icon name="sheet" small=true class="text-faint"/>"CSV"</button></li>
                <li class="mt-1 pt-1 border-t border-line">
                    <button type="button" class=ENTRY on:click=turn>
                        <Icon name="table-2" small=true class="text-faint"/>
                        {move || if is_table.get() { "Show as chart" } else { "Show as table" }}
                    </button>
                </li>
            </ul>
        </Popup>
    }
    .into_any()
}
