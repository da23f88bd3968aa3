//! What the person's study holds: its columns that matter, its tables, its room.

use leptos::prelude::*;
use workbench::data::StudyView;

use super::server::Told;
use crate::{components::format, study::use_study};

/// The region. `told` is what the server knows of the room, once it is there.
#[component]
pub(super) fn Data(told: Told) -> impl IntoView {
    let view = use_study().view;
    let part = move |part: fn(&StudyView) -> String| move || view.with(part);
    let room = move || {
        told.get().map(|told| match told {
            Ok(told) => [
                &*format::bytes(told.held),
                " of ",
                &format::bytes(told.most),
            ]
            .concat(),
            Err(error) => error.to_string(),
        })
    };
    view! {
        <section class="border-t border-line" aria-labelledby="settings-data">
            <div class="flex flex-wrap items-baseline gap-x-2 px-4 pt-3">
                <h2 id="settings-data" class="font-semibold">"Data"</h2>
                <a class="text-xs text-primary underline" href="/data">"Correct the columns on Data"</a>
            </div>
            <dl class="hf-kv px-4 pt-2 pb-4 max-w-md" data-testid="settings-data">
                <dt>"Column of the participant"</dt>
                <dd class="font-mono">{part(participant)}</dd>
                <dt>"Column of the visit"</dt>
                <dd class="font-mono">{part(visit)}</dd>
                <dt>"Cohort table"</dt>
                <dd>{part(cohort)}</dd>
                <dt>"Tables"</dt>
                <dd>{part(tables)}</dd>
                <dt>"Sample study"</dt>
                <dd>{part(samples)}</dd>
                <dt>"Room taken, the sample study apart"</dt>
                <dd><Transition fallback=|| view! { "…" }>{room}</Transition></dd>
            </dl>
        </section>
    }
    .into_any()
}

const NONE: &str = "none";

fn participant(view: &StudyView) -> String {
    let keys = view.keys.as_ref();
    keys.map_or_else(|| NONE.to_owned(), |keys| keys.primary_id.clone())
}

fn visit(view: &StudyView) -> String {
    let visit = view.keys.as_ref().and_then(|keys| keys.session_id.clone());
    visit.unwrap_or_else(|| NONE.to_owned())
}

fn cohort(view: &StudyView) -> String {
    let keys = view.keys.as_ref();
    keys.map_or_else(|| NONE.to_owned(), |keys| keys.cohort_table.clone())
}

fn tables(view: &StudyView) -> String {
    let rows: u64 = view.tables.iter().map(|table| table.rows).sum();
    [
        &*format::plural(view.tables.len() as u64, "table", "tables"),
        ", ",
        &format::plural(rows, "row", "rows"),
    ]
    .concat()
}

fn samples(view: &StudyView) -> String {
    let here = view.tables.iter().filter(|table| table.is_sample).count();
    match here {
        0 => "not in this study".to_owned(),
        some => [&*format::plural(some as u64, "table", "tables"), " of it"].concat(),
    }
}
