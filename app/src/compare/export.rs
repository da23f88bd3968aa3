//! Takes a comparison home: the table as text, everything as CSV, the address.

use leptos::prelude::*;
use workbench::compare::{Comparison, Mode, Request, Sheet, separated, sheet};

use super::{clipboard::copy, place};
use crate::components::{
    icon::Icon,
    live::Live,
    popup::{Popup, hide, opens},
    toasts::use_toasts,
};

const PANEL: &str = "compare-export";
const ENTRY: &str = "w-full h-7 px-2 rounded-selector flex items-center gap-2 hover:bg-hover";

/// The menu; nothing while there is nothing to take.
#[component]
pub(super) fn Export(request: Memo<Request>, answer: Live<Comparison>) -> impl IntoView {
    let toasts = use_toasts();
    let has_runs = move || {
        answer
            .good
            .with(|found| found.as_ref().is_some_and(|found| !found.runs.is_empty()))
    };
    let is_tested = move || request.with(|asked| asked.mode == Mode::Statistical);
    let copy_table = move |_| {
        hide(PANEL);
        let text = answer.good.with_untracked(|found| {
            let found = found.as_ref()?;
            let which = if found.curves.is_empty() {
                Sheet::Tests
            } else {
                Sheet::Metrics
            };
            Some(separated(&sheet(found, which), '\t'))
        });
        copy(
            &text.unwrap_or_default(),
            toasts,
            "The table is copied. Paste it into a spreadsheet.",
        );
    };
    let copy_link = move |_| {
        hide(PANEL);
        let origin = window().location().origin().unwrap_or_default();
        let link = [origin, request.with_untracked(place::of)].concat();
        copy(&link, toasts, "The link is copied. It opens this view.");
    };
    let curves = move || match is_tested() {
        true => ("Tests as CSV", "tests"),
        false => ("Lines as CSV", "curves"),
    };
    let file = move |of: &'static str| request.with(|asked| place::of_file(asked, of));
    view! {
        <Show when=has_runs>
            <button type="button" class="btn btn-sm" popovertarget=PANEL on:click=opens(PANEL)>
                <Icon name="download" small=true/>"Export"
            </button>
            <Popup id=PANEL label="Export" class="w-52 p-1">
                <button type="button" class=ENTRY on:click=copy_table><Icon name="copy" small=true class="text-faint"/>"Copy table"</button>
                <button type="button" class=ENTRY on:click=copy_link><Icon name="link" small=true class="text-faint"/>"Copy link"</button>
                <a class=ENTRY href=move || file("metrics") download="" rel="external"><Icon name="sheet" small=true class="text-faint"/>"Table as CSV"</a>
                <a class=ENTRY href=move || file(curves().1) download="" rel="external"><Icon name="sheet" small=true class="text-faint"/>{move || curves().0}</a>
            </Popup>
        </Show>
    }
    .into_any()
}
