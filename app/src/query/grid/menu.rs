//! A column's menu: order, filter, and its figures. One panel for all columns.

use leptos::prelude::*;
use workbench::query::{ColumnFilter, ResultColumn};

use super::{head::sort_by, widths};
use crate::{
    components::{
        format::{count, number},
        icon::Icon,
        popup::{self, Popup},
    },
    query::{spec::plain, state::Query},
};

/// Names the panel.
pub(super) const PANEL: &str = "hf-column-menu";

/// The panel; `open` is the column it is of.
#[component]
pub(super) fn ColumnMenu(query: Query, open: RwSignal<usize>) -> impl IntoView {
    let column = Memo::new(move |_| {
        query
            .columns
            .with(|columns| columns.get(open.get()).cloned())
    });
    let label = Signal::derive(move || {
        column.with(|column| {
            column
                .as_ref()
                .map(|column| column.name.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <Popup id=PANEL label=label class="w-60">
            {move || {
                // Before the page is alive nobody can open it.
                let column = query.is_alive.get().then(|| column.get()).flatten();
                column.map(|column| view! { <Menu query column/> })
            }}
        </Popup>
    }
    .into_any()
}

#[component]
fn Menu(query: Query, column: ResultColumn) -> impl IntoView {
    let rows = query
        .study
        .result
        .with_untracked(|result| result.as_ref().map(|result| result.row_count));
    let rows = rows.unwrap_or_else(|| query.pages.with_untracked(|pages| pages.total));
    let stored = StoredValue::new(column.clone());
    let order = move |text: &'static str, icon: &'static str, descending: bool| {
        let is_on = move || {
            stored.with_value(|column| {
                query.view.with(|view| {
                    view.sort
                        .iter()
                        .any(|key| key.column == column.name && key.descending == descending)
                })
            })
        };
        let choose = move |_| {
            let next = if untrack(is_on) {
                None
            } else {
                Some(descending)
            };
            stored.with_value(|column| {
                query
                    .view
                    .update(|view| sort_by(view, &column.name, next, false))
            });
            popup::hide(PANEL);
        };
        let tone = move || {
            if is_on() {
                "text-primary font-medium"
            } else {
                ""
            }
        };
        view! {
            <li>
                <button type="button" class="w-full h-7 px-2 rounded-selector flex items-center gap-2 hover:bg-hover" on:click=choose>
                    <Icon name=icon small=true class="text-faint"/>
                    <span class=tone>{text}</span>
                    {move || is_on().then(|| view! { <Icon name="check" small=true class="text-primary ml-auto"/> })}
                </button>
            </li>
        }
    };
    let wider = widths::steps().map(|(text, by)| {
        view! {
            <button type="button" class="btn btn-xs flex-1" on:click=move |_| stored.with_value(|column| widths::change(query, column, by))>
                {text}
            </button>
        }
    });
    view! {
        <p class="px-3 pt-2 font-medium font-mono truncate">{column.name.clone()}</p>
        <ul class="p-1">
            {order("Sort, lowest first", "arrow-up", false)}
            {order("Sort, highest first", "arrow-down", true)}
        </ul>
        <Filter query column=column.clone()/>
        <Figures column rows/>
        <div class="flex gap-2 px-3 py-2 border-t border-line">{wider}</div>
    }
    .into_any()
}

#[component]
fn Filter(query: Query, column: ResultColumn) -> impl IntoView {
    let name = StoredValue::new(column.name.clone());
    let text = move || {
        name.with_value(|name| {
            query.view.with(|view| {
                view.filters
                    .iter()
                    .find(|filter| filter.column == *name)
                    .map(|filter| filter.text.clone())
                    .unwrap_or_default()
            })
        })
    };
    let change = move |event| {
        let text = event_target_value(&event).trim().to_owned();
        let column = name.get_value();
        query.view.update(|view| {
            view.filters.retain(|filter| filter.column != column);
            if !text.is_empty() {
                view.filters.push(ColumnFilter { column, text });
            }
        });
    };
    let hint = if column.is_numeric {
        "> 3, <= 3, = 3 or 3..5"
    } else {
        "contains"
    };
    let range = column.range.map(|[low, high]| {
        [
            &*number(low, column.decimals),
            " to ",
            &number(high, column.decimals),
        ]
        .concat()
    });
    view! {
        <div class="px-3 py-2 border-t border-line">
            <div class="flex text-2xs text-muted mb-1">
                <label class="font-medium" for="hf-column-filter">"Filter"</label>
                <span class="ml-auto num">{range}</span>
            </div>
            <input
                id="hf-column-filter" type="search" class="input input-xs w-full" placeholder=hint
                prop:value=text on:change=change
            />
            <p class="text-2xs text-faint mt-1">"Press Enter to apply."</p>
        </div>
    }
    .into_any()
}

/// n, missing, mean, sd, range: of the whole result, not of what the column filters leave.
#[component]
fn Figures(column: ResultColumn, rows: u64) -> impl IntoView {
    let figure = |value: f64| number(value, 4);
    let range = column
        .range
        .map(|[low, high]| [plain(low), " to ".to_owned(), plain(high)].concat());
    view! {
        <dl class="hf-kv px-3 py-2 border-t border-line">
            <dt>"n"</dt>
            <dd data-testid="column-n">{count(rows.saturating_sub(column.missing))}</dd>
            <dt>"missing"</dt>
            <dd data-testid="column-missing">{count(column.missing)}</dd>
            {column.mean.map(|mean| view! { <dt>"mean"</dt> <dd data-testid="column-mean">{figure(mean)}</dd> })}
            {column.sd.map(|sd| view! { <dt>"sd"</dt> <dd data-testid="column-sd">{figure(sd)}</dd> })}
            {range.map(|range| view! { <dt>"range"</dt> <dd>{range}</dd> })}
        </dl>
    }
    .into_any()
}
