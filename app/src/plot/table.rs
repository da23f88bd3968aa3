//! Rows of the result as a table: sortable, page by page.

use leptos::prelude::*;
use workbench::{
    plot::PlotSpec,
    query::{Page, ResultColumn, ResultInfo},
};

use super::{
    model::use_plot,
    numbers::thousands,
    rows::{PAGE, Rows, shown_columns},
    statistics::dot::{Dots, dots},
};
use crate::components::{format::count, icon::Icon};

/// A page of rows, with its head and its foot.
#[component]
pub(super) fn RowsTable(
    /// The rows.
    rows: Rows,
    /// What the table is called.
    name: &'static str,
) -> impl IntoView {
    let plot = use_plot();
    let table = move || {
        let dots = dots(plot);
        rows.with(|found| match &found.outcome {
            Ok(selected) => {
                let spec = &found.wanted.asked.spec;
                plot.study.result.with(|result| {
                    Some(grid(
                        rows,
                        result.as_ref()?,
                        spec,
                        &selected.page,
                        name,
                        &dots,
                    ))
                })
            }
            Err(error) => {
                let text = error.to_string();
                Some(
                    view! { <p class="px-4 py-3 text-err-text" role="alert">{text}</p> }.into_any(),
                )
            }
        })
        .flatten()
    };
    let is_dimmed = RwSignal::new(false);
    Effect::new(move |_| is_dimmed.set(rows.is_stale()));
    view! {
        <div class="h-full flex flex-col min-h-0 transition-opacity delay-150" class:opacity-50=is_dimmed>
            <Transition>{table}</Transition>
        </div>
    }
    .into_any()
}

fn grid(
    rows: Rows,
    result: &ResultInfo,
    spec: &PlotSpec,
    page: &Page,
    name: &'static str,
    dots: &Dots,
) -> AnyView {
    let places = shown_columns(result, spec);
    let columns: Vec<ResultColumn> = places
        .iter()
        .map(|&place| result.columns[place].clone())
        .collect();
    let body = page
        .rows
        .iter()
        .map(|row| {
            let cells = places
                .iter()
                .zip(&columns)
                .enumerate()
                .map(|(at, (&place, column))| {
                    cell(
                        row.get(place).and_then(Option::as_deref),
                        column,
                        at == 0,
                        dots,
                    )
                });
            view! { <tr>{cells.collect_view()}</tr> }
        })
        .collect_view();
    let head = columns
        .iter()
        .enumerate()
        .map(|(at, column)| head(rows, column, at == 0))
        .collect_view();
    let (offset, total) = (page.offset, page.total);
    view! {
        <div class="flex-1 min-h-0 overflow-auto max-md:max-h-80" role="region" aria-label=name tabindex="0">
            <table class="hf-grid" aria-rowcount=total.to_string()>
                <thead><tr>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
        {(total > u64::from(PAGE)).then(|| foot(rows, offset, total))}
    }
    .into_any()
}

fn head(rows: Rows, column: &ResultColumn, is_first: bool) -> impl IntoView + use<> {
    let name = column.name.clone();
    let direction = {
        let name = name.clone();
        Memo::new(move |_| {
            rows.sort.with(|sort| {
                sort.as_ref()
                    .filter(|key| key.column == name)
                    .map(|key| key.descending)
            })
        })
    };
    let label = name.clone();
    view! {
        <th
            scope="col"
            class=class(column, is_first)
            aria-sort=move || match direction.get() {
                Some(true) => "descending",
                Some(false) => "ascending",
                None => "none",
            }
        >
            <button class="inline-flex gap-1.5 items-center cursor-pointer h-6" on:click=move |_| rows.sort_by(&name)>
                {move || {
                    direction.get().map(|descending| {
                        let icon = if descending { "arrow-down" } else { "arrow-up" };
                        view! { <Icon name=icon small=true class="text-primary"/> }
                    })
                }}
                <span class="text-base-content">{label}</span>
            </button>
        </th>
    }
}

fn class(column: &ResultColumn, is_first: bool) -> &'static str {
    match (column.is_numeric, is_first) {
        (true, true) => "num pl-4!",
        (true, false) => "num",
        (false, true) => "pl-4!",
        (false, false) => "",
    }
}

fn cell(value: Option<&str>, column: &ResultColumn, is_first: bool, dots: &Dots) -> AnyView {
    let class = class(column, is_first);
    let Some(value) = value else {
        return view! { <td class=class><span class="hf-na">"–"</span></td> }.into_any();
    };
    let is_number = column.is_numeric && !column.is_key;
    let text = if is_number {
        thousands(value)
    } else {
        value.to_owned()
    };
    match dots.dot_in(column, value) {
        Some(dot) => {
            view! { <td class=class><span class="inline-flex items-center gap-1.5">{dot} {text}</span></td> }.into_any()
        }
        None => view! { <td class=class>{text}</td> }.into_any(),
    }
}

/// Where one is among all rows, and the way to the next ones.
fn foot(rows: Rows, offset: u64, total: u64) -> impl IntoView {
    let step = u64::from(PAGE);
    let last = (offset + step).min(total);
    view! {
        <div class="h-8 shrink-0 px-4 flex items-center gap-2 border-t border-line text-xs text-muted">
            <span class="num">{format!("{} to {} of {}", count(offset + 1), count(last), count(total))}</span>
            <span class="flex-1"></span>
            <button
                class="btn btn-xs btn-ghost btn-square"
                aria-label="Previous rows"
                disabled=offset == 0
                on:click=move |_| rows.offset.set(offset.saturating_sub(step))
            >
                <Icon name="chevron-left" small=true/>
            </button>
            <button
                class="btn btn-xs btn-ghost btn-square"
                aria-label="Next rows"
                disabled=last == total
                on:click=move |_| rows.offset.set(offset + step)
            >
                <Icon name="chevron-right" small=true/>
            </button>
        </div>
    }
}
