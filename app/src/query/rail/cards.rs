//! The filter cards: in their order, each on one column.

use leptos::prelude::*;
use workbench::query::{CardRule, FilterCard};

use super::{add_card::AddCard, card::Card};
use crate::query::state::Query;

/// The section.
#[component]
pub(super) fn Cards(query: Query) -> impl IntoView {
    // A card is made once for its column and what it asks there; what changes in it, changes in place. Another query may
    // have one of the same id.
    let keys = Memo::new(move |_| {
        query
            .filters
            .with(|filters| filters.cards.iter().map(key).collect::<Vec<_>>())
    });
    view! {
        <div class="hf-sec">
            <div class="flex items-center justify-between mb-2">
                <span class="font-medium">"Filter cards"</span>
                <AddCard query/>
            </div>
            <div class="flex flex-col gap-2">
                <For each=move || keys.get() key=Clone::clone let:key>
                    <Card query id=key.split(APART).next().unwrap_or_default().to_owned()/>
                </For>
            </div>
        </div>
    }
    .into_any()
}

/// What stands between the parts of a key, and in no id.
const APART: &str = "\u{1f}";

/// The id of a card, and all else that it is made from. One text: a list of another kind of keys is several kilobytes more.
fn key(card: &FilterCard) -> String {
    let rule = match card.rule {
        CardRule::Range(_) => "range",
        CardRule::Dates(_) => "dates",
        CardRule::Text(_) => "text",
        CardRule::Categories { .. } => "categories",
    };
    [&*card.id, &*card.table, &*card.column, rule].join(APART)
}
