//! Takes a comparison home: the table as text, everything as CSV, the address.

use leptos::prelude::*;
use workbench::compare::{Comparison, Mode, Request, Sheet, separated, sheet};

use super::{clipboard::copy, place};
use crate::components::{icon::Icon, live::Live, toasts::use_toasts};

/// The buttons; nothing while there is nothing to take.
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
        let which = if is_tested() {
            Sheet::Tests
        } else {
            Sheet::Metrics
        };
        let text = answer.good.with_untracked(|found| {
            let found = found.as_ref();
            found.map(|found| separated(&sheet(found, which), '\t'))
        });
        copy(
            &text.unwrap_or_default(),
            toasts,
            "The table is copied. Paste it into a spreadsheet.",
        );
    };
    let copy_link = move |_| {
        let origin = window().location().origin().unwrap_or_default();
        let link = [origin, request.with_untracked(place::of)].concat();
        copy(&link, toasts, "The link is copied. It opens this view.");
    };
    let curves = move || match is_tested() {
        true => ("Tests as CSV", "tests"),
        false => ("Lines as CSV", "curves"),
    };
    view! {
        <Show when=has_runs>
            <button class="btn btn-sm" on:click=copy_table><Icon name="copy" small=true/>"Copy table"</button>
            <a class="btn btn-sm" href=move || request.with(|asked| place::of_file(asked, "metrics")) download="" rel="external"><Icon name="download" small=true/>"Table as CSV"</a>
            <a class="btn btn-sm" href=move || request.with(|asked| place::of_file(asked, curves().1)) download="" rel="external"><Icon name="download" small=true/>{move || curves().0}</a>
            <button class="btn btn-sm" on:click=copy_link>"Copy link"</button>
        </Show>
    }
    .into_any()
}
