//! What stands where rows would: nothing to ask, nobody left, not there yet. Each says what to do.

use leptos::prelude::*;
use workbench::query::{CardRule, CohortFilters, CountReport};

use super::{
    spec::{Active, active, plain},
    state::Query,
};
use crate::components::{format::count, icon::Icon};

/// An empty state: what is the matter, and the way on.
#[component]
fn Empty(
    icon: &'static str,
    /// The accent is for a beginning; a dead end is grey.
    is_beginning: bool,
    title: &'static str,
    #[prop(into)] text: String,
    children: Children,
) -> impl IntoView {
    let tone = if is_beginning {
        "size-11 rounded-box bg-soft text-primary grid place-items-center"
    } else {
        "size-11 rounded-box bg-base-300 text-muted grid place-items-center"
    };
    view! {
        <div class="hf-empty flex-1 py-10 px-8 flex flex-col items-center text-center gap-3 bg-base-100 overflow-auto">
            <span class=tone><Icon name=icon class="size-6!"/></span>
            <div>
                <h2 class="font-semibold text-base">{title}</h2>
                <p class="text-muted mt-1 max-w-96">{text}</p>
            </div>
            <div class="flex gap-2">{children()}</div>
        </div>
    }
    .into_any()
}

/// The study has no tables.
#[component]
pub(super) fn NoTables() -> impl IntoView {
    view! {
        <Empty
            icon="table-2" is_beginning=true title="There is no table yet"
            text="Add files on the Data page: a table with one row a participant, then tables with their visits."
        >
            <a class="btn btn-sm btn-primary" href="/data">
                <Icon name="upload" small=true/>
                "Add files"
            </a>
        </Empty>
    }
    .into_any()
}

/// The tables have no keys to meet on.
#[component]
pub(super) fn NoKeys(problem: Option<String>) -> impl IntoView {
    let text =
        problem.unwrap_or_else(|| "Say on the Data page which column names a participant.".into());
    view! {
        <Empty icon="key-round" is_beginning=false title="The tables have no key yet" text=text>
            <a class="btn btn-sm btn-primary" href="/data">"Choose the keys"</a>
        </Empty>
    }
    .into_any()
}

/// The filter that takes away the last participant, and what it says.
fn culprit(filters: &CohortFilters, report: &CountReport) -> Option<(Active, String)> {
    let at = report.steps.iter().position(|step| step.left.rows == 0)?;
    let before = report.steps.get(at.checked_sub(1)?)?;
    let active = active(filters, Some(report));
    // One step a filter, after the first; otherwise the two do not belong together.
    let filter = (active.len() + 1 == report.steps.len())
        .then(|| active.into_iter().nth(at - 1))
        .flatten()?;
    let label = report
        .steps
        .get(at)
        .map(|step| step.label.clone())
        .unwrap_or_default();
    let text = [
        &*label,
        " removes the last ",
        &count(before.left.participants),
        " participants.",
    ]
    .concat();
    Some((filter, text))
}

/// Nobody matches.
#[component]
pub(super) fn NoMatch(query: Query) -> impl IntoView {
    move || {
        let filters = query.filters.get_untracked();
        let found = query
            .count
            .with(|report| report.as_ref().and_then(|report| culprit(&filters, report)));
        let (text, action) = match found {
            Some((filter, text)) => {
                let name = if matches!(filter, Active::Card(_)) {
                    "Turn the card off"
                } else {
                    "Remove this filter"
                };
                let range = value_range(query, &filters, &filter).unwrap_or_default();
                let remove = move |_| query.change(|filters| filter.remove_from(filters));
                let button = view! { <button type="button" class="btn btn-sm btn-primary" on:click=remove>{name}</button> };
                ([text, range].concat(), Some(button))
            }
            None => ("Loosen or remove a filter.".to_owned(), None),
        };
        let clear = move |_| query.change(|filters| *filters = CohortFilters::default());
        view! {
            <Empty icon="filter-x" is_beginning=false title="No participant is left" text=text>
                {action}
                <button type="button" class="btn btn-sm" on:click=clear>"Clear all filters"</button>
            </Empty>
        }
    }
}

/// ` The values are 0.3 to 28.` for a card on a range of numbers or dates.
fn value_range(query: Query, filters: &CohortFilters, filter: &Active) -> Option<String> {
    let Active::Card(id) = filter else {
        return None;
    };
    let card = filters.cards.iter().find(|card| card.id == *id)?;
    query.study.view.with_untracked(|view| {
        let column = view.table(&card.table)?.column(&card.column)?;
        let [low, high] = match card.rule {
            CardRule::Range(_) => column.range?.map(plain),
            CardRule::Dates(_) => column.dates?.map(String::from),
            CardRule::Text(_) | CardRule::Categories { .. } => return None,
        };
        Some([" The values are ", &low, " to ", &high, "."].concat())
    })
}

/// The shape of what comes; seen only if it takes long.
#[component]
pub(super) fn Skeleton() -> impl IntoView {
    let bar = |width: &'static str| view! { <span class="skeleton block h-3 rounded-selector bg-base-300" style=width></span> };
    let line = move |_| {
        view! {
            <div class="grid grid-cols-[2.5rem_1fr_1fr_1fr] gap-4 items-center h-7 px-4 border-b border-line">
                {["width:70%", "width:60%", "width:75%", "width:45%"].map(bar)}
            </div>
        }
    };
    view! {
        <div class="hf-late hf-empty flex-1 bg-base-100 overflow-hidden" aria-busy="true" aria-label="Loading" role="status">
            {(0..12).map(line).collect_view()}
        </div>
    }
    .into_any()
}
