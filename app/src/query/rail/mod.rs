//! The rail "Cohort": who is in. A sheet on a phone, and part of a plain form without WASM.

mod add_card;
mod age;
mod card;
mod cards;
mod categories;
mod choices;
mod dates;
mod number_field;
mod steps;
mod texts;
mod visits;

use leptos::prelude::*;
use workbench::{
    data::TableInfo,
    query::{CohortFilters, Shape},
};

use self::{
    age::Age,
    cards::Cards,
    choices::{Sex, Sites},
    steps::Steps,
    visits::Visits,
};
use super::{
    plain_html,
    sheet::{SheetClose, SheetFoot, close_on_escape, is_open},
    spec::active,
    state::{Query, Sheet},
};
use crate::components::{format::plural, toasts::use_toasts};

/// Columns a plain form offers: more would make every page heavy for the few who need it.
const MOST_PLAIN_COLUMNS: usize = 500;

/// The rail.
#[component]
pub(super) fn Rail(query: Query) -> impl IntoView {
    let filters_on = Memo::new(move |_| {
        let filters = query.filters.get();
        query
            .count
            .with(|count| active(&filters, count.as_ref()).len())
    });
    let is_open = is_open(query, Sheet::Filters);
    let is_wide = query.shape.get_untracked() == Shape::Wide;
    let plain = plain_html::apply(
        &card_columns(query),
        is_wide,
        query.consolidate.get_untracked(),
    );
    view! {
        <aside
            id="filters"
            class="hf-rail hf-sheet w-68 shrink-0"
            aria-label="Cohort"
            role=move || is_open.get().then_some("dialog")
            aria-modal=move || is_open.get().then_some("true")
            data-open=move || is_open.get().then_some("")
            on:keydown=close_on_escape(query)
        >
            <input type="hidden" name="rail" value="1"/>
            <div class="h-11 px-4 flex items-center border-b border-line shrink-0">
                <h2 class="font-semibold">"Cohort"</h2>
                <span class="hf-chip ml-2">
                    {move || plural(filters_on.get() as u64, "filter", "filters")}
                </span>
                <span class="flex-1"></span>
                <ClearButton query/>
                <SheetClose query sheet=Sheet::Filters/>
            </div>
            <div class="hf-sheet-body">
                <Sites query/>
                <Age query/>
                <Sex query/>
                <Visits query/>
                <Cards query/>
                <Steps query/>
                <noscript inner_html=plain></noscript>
            </div>
            <SheetFoot query/>
        </aside>
    }
    .into_any()
}

/// Columns that a plain form offers for a new card; only the server lists them.
fn card_columns(query: Query) -> Vec<String> {
    if cfg!(feature = "hydrate") {
        return Vec::new();
    }
    query.study.view.with_untracked(|view| {
        let of_table = |table: &TableInfo| {
            let columns = table.columns.iter().filter(|column| column.is_filterable());
            columns
                .map(|column| [&*table.name, ".", &column.name].concat())
                .collect::<Vec<_>>()
        };
        view.tables
            .iter()
            .flat_map(of_table)
            .take(MOST_PLAIN_COLUMNS)
            .collect()
    })
}

#[component]
fn ClearButton(query: Query) -> impl IntoView {
    let toasts = use_toasts();
    let filters = query.filters;
    let clear = move |_| {
        let before = filters.get_untracked();
        filters.set(CohortFilters::default());
        toasts.offer("The filters are cleared", "Undo", move || {
            filters.set(before.clone())
        });
    };
    let is_empty = move || filters.with(|filters| *filters == CohortFilters::default());
    view! {
        <button type="button" class="btn btn-xs btn-ghost" disabled=is_empty on:click=clear>
            "Clear"
        </button>
    }
}
