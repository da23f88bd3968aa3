//! One filter card: its column, on or off, what it takes, and what it does to the count.

use leptos::prelude::*;
use workbench::{
    data::ColumnInfo,
    query::{CardOutcome, CardRule, FilterCard, Range},
};

use super::{categories::Categories, dates::Dates, number_field::NumberField, texts::Texts};
use crate::{
    components::{
        format::{count, plural},
        icon::Icon,
        toasts::use_toasts,
    },
    query::{plain_html, spec::plain, state::Query},
};

/// The card with this id.
#[component]
pub(super) fn Card(query: Query, id: String) -> impl IntoView {
    let card = query
        .filters
        .get_untracked()
        .cards
        .into_iter()
        .find(|card| card.id == id);
    card.map(|card| view! { <CardOf query card/> })
}

#[component]
fn CardOf(query: Query, card: FilterCard) -> impl IntoView {
    let FilterCard {
        id,
        table,
        column,
        rule,
        enabled,
    } = card;
    let name = [&*table, ".", &column].concat();
    let key = StoredValue::new(id.clone());
    let is_on = Memo::new(move |_| {
        key.with_value(|id| {
            query.filters.with(|filters| {
                filters
                    .cards
                    .iter()
                    .any(|card| card.id == *id && card.enabled)
            })
        })
    });
    let outcome = Memo::new(move |_| {
        key.with_value(|id| {
            query.count.with(|count| {
                count
                    .as_ref()?
                    .cards
                    .iter()
                    .find(|card| card.id == *id)
                    .cloned()
            })
        })
    });
    let toggle = move |_| {
        update(query, key, |card| card.enabled = !card.enabled);
    };
    let info = query.study.view.with_untracked(|view| {
        view.table(&table)
            .and_then(|table| table.column(&column))
            .cloned()
    });
    let field = |part: &str| ["card_", &id, "_", part].concat();
    let body = match rule {
        CardRule::Range(_) => view! { <RangeOf query key info name=field("min") name_max=field("max") column=column.clone()/> }.into_any(),
        CardRule::Dates(_) => view! { <Dates query key info from=field("from") to=field("to") column=column.clone()/> }.into_any(),
        CardRule::Text(_) => view! { <Texts query key contains=field("contains") without=field("without") column=column.clone()/> }.into_any(),
        CardRule::Categories { .. } => view! { <Categories query key info name=field("values") outcome/> }.into_any(),
    };
    let tone = move || {
        if is_on.get() {
            "hf-card p-2.5"
        } else {
            "hf-card p-2.5 bg-base-200! border-dashed"
        }
    };
    let name_tone = move || {
        if is_on.get() {
            "font-mono text-xs font-medium truncate"
        } else {
            "font-mono text-xs text-muted truncate"
        }
    };
    let remove_field = plain_html::remove_field(&field("remove"), &name);
    let label = ["Card ", &name].concat();
    view! {
        <div class=tone role="group" aria-label=label>
            <input type="hidden" name="card" value=id.clone()/>
            <div class="flex items-center gap-2">
                <input
                    type="checkbox" class="toggle toggle-xs toggle-primary" name=field("enabled")
                    aria-label=[&name, " on"].concat()
                    checked=enabled prop:checked=move || is_on.get() on:change=toggle
                />
                <span class=name_tone title=name.clone()>{name.clone()}</span>
                <span class="flex-1"></span>
                <RemoveCard query key name/>
            </div>
            {body}
            <Outcome outcome is_on/>
            <noscript inner_html=remove_field></noscript>
        </div>
    }
    .into_any()
}

/// What a card takes now.
pub(super) fn rule_of(query: Query, key: StoredValue<String>) -> Option<CardRule> {
    key.with_value(|id| {
        query.filters.with(|filters| {
            let card = filters.cards.iter().find(|card| card.id == *id)?;
            Some(card.rule.clone())
        })
    })
}

/// Changes one card in place.
pub(super) fn update(query: Query, key: StoredValue<String>, change: impl FnOnce(&mut FilterCard)) {
    query.change(|filters| {
        let found = key.with_value(|id| filters.cards.iter_mut().find(|card| card.id == *id));
        if let Some(card) = found {
            change(card);
        }
    });
}

#[component]
fn RemoveCard(query: Query, key: StoredValue<String>, name: String) -> impl IntoView {
    let toasts = use_toasts();
    let filters = query.filters;
    let label = ["Remove card ", &name].concat();
    let remove = move |_| {
        let cards = filters.get_untracked().cards;
        let Some(at) = key.with_value(|id| cards.iter().position(|card| card.id == *id)) else {
            return;
        };
        let gone = cards[at].clone();
        filters.update(|filters| drop(filters.cards.remove(at)));
        toasts.offer(
            ["The card ", &name, " is removed"].concat(),
            "Undo",
            move || {
                let gone = gone.clone();
                filters.update(|filters| {
                    if filters.cards.iter().all(|card| card.id != gone.id) {
                        filters.cards.insert(at.min(filters.cards.len()), gone);
                    }
                });
            },
        );
    };
    view! {
        <button type="button" class="text-faint size-6 -m-1 grid place-items-center rounded-selector hover:bg-hover" aria-label=label title="Remove" on:click=remove>
            <Icon name="x" small=true/>
        </button>
    }
    .into_any()
}

#[component]
fn RangeOf(
    query: Query,
    key: StoredValue<String>,
    info: Option<ColumnInfo>,
    name: String,
    name_max: String,
    column: String,
) -> impl IntoView {
    let range = Memo::new(move |_| match rule_of(query, key) {
        Some(CardRule::Range(range)) => range,
        _ => Range::default(),
    });
    let set = move |new: Range| update(query, key, |card| card.rule = CardRule::Range(new));
    let set_min = Callback::new(move |min| {
        set(Range {
            min,
            ..range.get_untracked()
        })
    });
    let set_max = Callback::new(move |max| {
        set(Range {
            max,
            ..range.get_untracked()
        })
    });
    let [low, high] = info
        .and_then(|info| info.range)
        .map_or_else(Default::default, |ends| ends.map(plain));
    view! {
        <div class="flex items-center gap-2 mt-2">
            <NumberField
                name=name label=[&column, " from"].concat() class="input-xs"
                value=Signal::derive(move || range.get().min) placeholder=low on_change=set_min
            />
            <span class="text-faint text-xs">"to"</span>
            <NumberField
                name=name_max label=[&column, " to"].concat() class="input-xs"
                value=Signal::derive(move || range.get().max) placeholder=high on_change=set_max
            />
        </div>
    }
    .into_any()
}

/// What the card takes away, would leave, or why it cannot apply.
#[component]
fn Outcome(outcome: Memo<Option<CardOutcome>>, is_on: Memo<bool>) -> impl IntoView {
    let text = move || {
        outcome.get().map(|outcome| match outcome.problem {
            Some(problem) => [
                "Not applicable: ",
                &problem,
                " It is kept, and not applied.",
            ]
            .concat(),
            None if is_on.get() => {
                ["Removes ", &plural(outcome.removes_rows, "row", "rows")].concat()
            }
            None => {
                let left = outcome.would_leave;
                [
                    "Off. On, it would leave ",
                    &count(left.participants),
                    " · ",
                    &plural(left.rows, "row", "rows"),
                ]
                .concat()
            }
        })
    };
    let tone = move || {
        let is_broken = outcome.with(|outcome| {
            outcome
                .as_ref()
                .is_some_and(|outcome| outcome.problem.is_some())
        });
        match (is_broken, is_on.get()) {
            (true, _) => "text-2xs mt-2 text-warn-text",
            (false, true) => "text-2xs mt-2 text-muted",
            (false, false) => "text-2xs mt-2 text-faint",
        }
    };
    view! { <div class=tone>{text}</div> }
}
