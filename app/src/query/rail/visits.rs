//! Visits: none chosen takes all of them, and then all of them look taken.

use leptos::prelude::*;
use workbench::data::CategoryCount;

use crate::{
    components::format::plural,
    query::{spec::toggle, state::Query},
};

/// Names up to this long stand eight in a line.
const SHORT: usize = 3;

/// The section; nothing for a study without visits.
#[component]
pub(super) fn Visits(query: Query) -> impl IntoView {
    move || {
        let visits = query.options.with(|options| {
            options
                .as_ref()
                .map(|options| options.filters.visits.clone())
        })?;
        (!visits.is_empty()).then(|| view! { <VisitsOf query visits/> })
    }
}

#[component]
fn VisitsOf(query: Query, visits: Vec<CategoryCount>) -> impl IntoView {
    let all: StoredValue<Vec<String>> =
        StoredValue::new(visits.iter().map(|visit| visit.value.clone()).collect());
    let takes_all = move || query.filters.with(|filters| filters.visits.is_empty());
    let is_short = visits.iter().all(|visit| visit.value.len() <= SHORT);
    let columns = if is_short {
        "grid-cols-8"
    } else {
        "grid-cols-3"
    };
    let label = ["All ", &visits.len().to_string()].concat();
    let chip = move |visit: CategoryCount| {
        let value = StoredValue::new(visit.value.clone());
        let is_on = move || {
            value.with_value(|value| query.filters.with(|filters| filters.visits.contains(value)))
        };
        let change = move |_| {
            query.change(|filters| {
                all.with_value(|all| {
                    value.with_value(|value| toggle(&mut filters.visits, value, all));
                    if filters.visits.len() == all.len() {
                        filters.visits.clear();
                    }
                });
            });
        };
        view! {
            <label class="hf-pick h-6" data-on=move || (takes_all() || is_on()).then_some("") title=plural(visit.count, "row", "rows")>
                <input
                    type="checkbox" class="sr-only" name="visits" value=visit.value.clone()
                    aria-label=["Visit ", &visit.value].concat()
                    checked=untrack(is_on) prop:checked=is_on on:change=change
                />
                <span class="truncate">{visit.value}</span>
            </label>
        }
    };
    view! {
        <div class="hf-sec" role="group" aria-labelledby="l-visits">
            <div class="flex items-center justify-between mb-2">
                <span class="font-medium" id="l-visits">"Visits"</span>
                <button
                    type="button" class="text-xs text-primary font-medium min-h-6"
                    aria-pressed=move || if takes_all() { "true" } else { "false" }
                    on:click=move |_| query.change(|filters| filters.visits.clear())
                >
                    {label}
                </button>
            </div>
            <div class=["hf-picks grid gap-1 ", columns].concat()>{visits.into_iter().map(chip).collect_view()}</div>
        </div>
    }
    .into_any()
}
