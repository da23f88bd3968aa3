//! Tables and merged results that others share, below one's own on the Data page.

use leptos::{prelude::*, task::spawn_local};

use super::{
    heard::shown,
    server::{DataRow, Mark, SharedTable, copy_shared, shared_data},
};
use crate::{
    components::{format, icon::Icon, toasts::use_toasts},
    data::Columns,
    study::use_study,
};

/// The part of the page; nothing while nobody shares data.
#[component]
pub(crate) fn SharedData() -> impl IntoView {
    let rows = shown(shared_data);
    view! {
        <section aria-label="Data shared with you" class=("hidden", move || rows.with(Vec::is_empty))>
            <h2 class="font-semibold mb-2">"Shared with you"</h2>
            <div class="flex flex-col gap-3">
                {move || rows.get().into_iter().map(|row| view! { <Card row/> }).collect_view()}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Card(row: DataRow) -> impl IntoView {
    let DataRow { mark, data } = row;
    let (name, rows, columns) = match &data {
        SharedTable::Table(table) => (table.name.clone(), table.rows, table.columns.len()),
        SharedTable::Result { rows, columns, .. } => {
            ("Merged result".to_owned(), *rows, columns.len())
        }
    };
    let facts = [
        &*format::plural(rows, "row", "rows"),
        ", ",
        &format::plural(columns as u64, "column", "columns"),
    ]
    .concat();
    let label = [&*name, " of ", &mark.owner].concat();
    view! {
        <section class="hf-card overflow-hidden" aria-label=label>
            <div class="flex flex-wrap items-center gap-2.5 px-4 min-h-11">
                <Icon name="table-2" class="text-muted"/>
                <h3 class="font-semibold truncate">{name.clone()}</h3>
                <span class="hf-chip h-4.5!"><Icon name="user" small=true/>{mark.owner.clone()}</span>
                <span class="text-xs text-muted num whitespace-nowrap">{facts}</span>
                <span class="flex-1"></span>
                <Take mark name/>
            </div>
            <Inside data/>
        </section>
    }
    .into_any()
}

/// What is in it: the columns of a table; a result's, and its rows as a file.
#[component]
fn Inside(data: SharedTable) -> impl IntoView {
    match data {
        SharedTable::Table(table) => view! {
            <details class="border-t border-line">
                <summary class="px-4 py-1.5 text-xs cursor-pointer">"Columns"</summary>
                <Columns rows=table.rows columns=table.columns/>
            </details>
        }
        .into_any(),
        SharedTable::Result { id, columns, .. } => {
            let link = ["/query/result.csv?id=", &id].concat();
            view! {
                <div class="border-t border-line px-4 py-2 flex flex-wrap items-center gap-2 text-xs">
                    <span class="text-muted">{columns.join(", ")}</span>
                    <a class="btn btn-xs max-md:btn-sm ml-auto" href=link download="" rel="external"><Icon name="download" small=true/>"Rows as CSV"</a>
                </div>
            }
            .into_any()
        }
    }
}

/// Takes a copy into one's own study, where that is allowed.
#[component]
fn Take(mark: Mark, name: String) -> impl IntoView {
    let (study, toasts) = (use_study(), use_toasts());
    let label = ["Add ", &name, " to my study"].concat();
    let share = mark.share;
    let take = move |_| {
        let share = share.clone();
        spawn_local(async move {
            match copy_shared(share).await {
                Ok(name) => {
                    toasts.say([&name, " is in your study now."].concat());
                    study.reload();
                }
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    mark.may_copy
        .then(|| view! { <button type="button" class="btn btn-xs max-md:btn-sm" aria-label=label on:click=take><Icon name="plus" small=true/>"Add to my study"</button> })
        .into_any()
}
