//! Filters by a few values of which none ticked takes all: sexes, sites.

use leptos::prelude::*;
use workbench::{data::CategoryCount, query::CohortFilters};

use crate::{
    components::format::count,
    query::{spec::toggle, state::Query},
};

/// Sexes with their counts; nothing where the study has none.
#[component]
pub(super) fn Sex(query: Query) -> impl IntoView {
    move || {
        let column = query
            .options
            .with(|options| options.as_ref()?.filters.sex.clone())?;
        let choices = choices(query, "sex", column.categories, |filters| &mut filters.sex);
        Some(view! {
            <div class="hf-sec hf-choices flex flex-wrap items-center gap-x-4 gap-y-1.5" role="group" aria-labelledby="l-sex">
                <span class="font-medium mr-auto" id="l-sex">"Sex"</span>
                {choices}
            </div>
        })
    }
}

/// Sites with their participants; nothing where the study has none.
#[component]
pub(super) fn Sites(query: Query) -> impl IntoView {
    move || {
        let sites = query.options.with(|options| {
            options
                .as_ref()
                .map(|options| options.filters.sites.clone())
        })?;
        if sites.is_empty() {
            return None;
        }
        let choices = choices(query, "sites", sites, |filters| &mut filters.sites);
        Some(view! {
            <div class="hf-sec" role="group" aria-labelledby="l-sites">
                <span class="font-medium block mb-2" id="l-sites">"Sites"</span>
                <div class="hf-choices flex flex-col gap-1.5 max-h-40 overflow-auto">{choices}</div>
            </div>
        })
    }
}

fn choices(
    query: Query,
    name: &'static str,
    offered: Vec<CategoryCount>,
    field: fn(&mut CohortFilters) -> &mut Vec<String>,
) -> AnyView {
    let all: StoredValue<Vec<String>> =
        StoredValue::new(offered.iter().map(|one| one.value.clone()).collect());
    let choice = move |one: CategoryCount| {
        let value = StoredValue::new(one.value.clone());
        let is_on = move || {
            let mut filters = query.filters.get();
            value.with_value(|value| field(&mut filters).contains(value))
        };
        let change = move |_| {
            query.change(|filters| {
                all.with_value(|all| value.with_value(|value| toggle(field(filters), value, all)));
            });
        };
        view! {
            <label class="flex items-center gap-2">
                <input
                    type="checkbox" class="checkbox checkbox-xs checkbox-primary"
                    name=name value=one.value.clone() aria-label=one.value.clone()
                    checked=untrack(is_on) prop:checked=is_on on:change=change
                />
                <span>{one.value}</span>
                <span class="num text-faint text-xs">{count(one.count)}</span>
            </label>
        }
    };
    offered.into_iter().map(choice).collect_view().into_any()
}
