//! What a card on a column of few values takes: a chip a value, with the rows that hold it.

use leptos::prelude::*;
use workbench::{
    data::{CategoryCount, ColumnInfo},
    query::{CardOutcome, CardRule},
};

use super::card::{rule_of, update};
use crate::{
    components::format::count,
    query::{spec::toggle, state::Query},
};

/// Values up to this long stand four in a line.
const SHORT: usize = 5;

/// The chips.
#[component]
pub(super) fn Categories(
    query: Query,
    key: StoredValue<String>,
    info: Option<ColumnInfo>,
    name: String,
    outcome: Memo<Option<CardOutcome>>,
) -> impl IntoView {
    let chosen = Memo::new(move |_| match rule_of(query, key) {
        Some(CardRule::Categories { values }) => values,
        _ => Vec::new(),
    });
    let offered = offered(info, &chosen.get_untracked());
    let all = StoredValue::new(
        offered
            .iter()
            .map(|one| one.value.clone())
            .collect::<Vec<_>>(),
    );
    let is_short = offered.iter().all(|one| one.value.len() <= SHORT);
    let set = move |values: Vec<String>| {
        update(query, key, |card| {
            card.rule = CardRule::Categories { values }
        })
    };
    let chip = move |one: CategoryCount| {
        let value = StoredValue::new(one.value.clone());
        let is_on = move || value.with_value(|value| chosen.with(|chosen| chosen.contains(value)));
        let change = move |_| {
            let mut values = chosen.get_untracked();
            all.with_value(|all| value.with_value(|value| toggle(&mut values, value, all)));
            set(values);
        };
        // Rows among those that all the other filters leave; before the first count, in the table.
        let rows = move || {
            let counted = outcome.with(|outcome| {
                let categories = &outcome.as_ref()?.categories;
                let counts = categories
                    .iter()
                    .find(|category| value.with_value(|value| category.value == *value));
                (!categories.is_empty()).then(|| counts.map_or(0, |category| category.count))
            });
            count(counted.unwrap_or(one.count))
        };
        view! {
            <label class="hf-pick hf-pick-tall" data-on=move || is_on().then_some("")>
                <input
                    type="checkbox" class="sr-only" name=name.clone() value=one.value.clone() aria-label=one.value.clone()
                    checked=untrack(is_on) prop:checked=is_on on:change=change
                />
                <span class="block text-xs font-medium num truncate">{one.value}</span>
                <span class="block text-[0.625rem] mt-1 num text-muted">{rows}</span>
            </label>
        }
    };
    let takes_all = move || chosen.with(Vec::len) >= all.with_value(Vec::len);
    let switch = move |_| {
        set(if untrack(takes_all) {
            Vec::new()
        } else {
            all.get_value()
        })
    };
    let columns = if is_short {
        "grid-cols-4"
    } else {
        "grid-cols-2"
    };
    view! {
        <div class=["hf-picks grid gap-1 mt-2 max-h-48 overflow-auto ", columns].concat()>
            {offered.into_iter().map(chip).collect_view()}
        </div>
        <button type="button" class="text-2xs text-primary font-medium mt-1 min-h-6" on:click=switch>
            {move || if takes_all() { "None" } else { "All" }}
        </button>
    }
    .into_any()
}

/// The column's values, and what the card names besides them.
fn offered(info: Option<ColumnInfo>, chosen: &[String]) -> Vec<CategoryCount> {
    let mut offered = info.map(|info| info.categories).unwrap_or_default();
    for value in chosen {
        if offered.iter().all(|one| one.value != *value) {
            offered.push(CategoryCount {
                value: value.clone(),
                count: 0,
            });
        }
    }
    offered
}
