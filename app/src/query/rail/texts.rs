//! What a card on free text takes: a part that a text contains, and one that it does not. Either may be left empty.

use leptos::prelude::*;
use workbench::query::{CardRule, TextRule};

use super::card::{rule_of, update};
use crate::query::state::Query;

/// The two fields.
#[component]
pub(super) fn Texts(
    query: Query,
    key: StoredValue<String>,
    /// Names of the fields for a form.
    contains: String,
    without: String,
    column: String,
) -> impl IntoView {
    let rule = move || match rule_of(query, key) {
        Some(CardRule::Text(rule)) => rule,
        _ => TextRule::default(),
    };
    let set = move |new: TextRule| update(query, key, |card| card.rule = CardRule::Text(new));
    let set_contains = Callback::new(move |contains| {
        set(TextRule {
            contains,
            ..untrack(rule)
        })
    });
    let set_without = Callback::new(move |without| {
        set(TextRule {
            without,
            ..untrack(rule)
        })
    });
    view! {
        <div class="flex flex-col gap-1 mt-2">
            <PartField
                name=contains word="contains" column=column.clone()
                value=Signal::derive(move || rule().contains) on_change=set_contains
            />
            <PartField
                name=without word="without" column
                value=Signal::derive(move || rule().without) on_change=set_without
            />
        </div>
    }
    .into_any()
}

/// A field for a part of a text.
#[component]
fn PartField(
    name: String,
    /// What becomes of the part, in a word.
    word: &'static str,
    column: String,
    /// The part as it was typed.
    #[prop(into)]
    value: Signal<String>,
    on_change: Callback<String>,
) -> impl IntoView {
    view! {
        <label class="flex items-center gap-2">
            <span class="text-faint text-xs w-14">{word}</span>
            <input
                type="text" autocomplete="off" class="input input-xs flex-1 min-w-0"
                name=name aria-label=[&*column, " ", word].concat()
                value=value.get_untracked() prop:value=move || value.get()
                on:input=move |event| on_change.run(event_target_value(&event))
            />
        </label>
    }
    .into_any()
}
