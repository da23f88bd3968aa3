//! The filter cards: in their order, each on one column.

use std::mem::{Discriminant, discriminant};

use leptos::prelude::*;
use workbench::query::CardRule;

use super::{add_card::AddCard, card::Card};
use crate::query::state::Query;

/// What a card is made from.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    id: String,
    table: String,
    column: String,
    rule: Discriminant<CardRule>,
}

/// The section.
#[component]
pub(super) fn Cards(query: Query) -> impl IntoView {
    // A card is made once for its column and what it asks there; what changes in it, changes in place. Another query may
    // have one of the same id.
    let keys = Memo::new(move |_| {
        query.filters.with(|filters| {
            let cards = filters.cards.iter().map(|card| Key {
                id: card.id.clone(),
                table: card.table.clone(),
                column: card.column.clone(),
                rule: discriminant(&card.rule),
            });
            cards.collect::<Vec<_>>()
        })
    });
    view! {
        <div class="hf-sec">
            <div class="flex items-center justify-between mb-2">
                <span class="font-medium">"Filter cards"</span>
                <AddCard query/>
            </div>
            <div class="flex flex-col gap-2">
                <For each=move || keys.get() key=Clone::clone let:key>
                    <Card query id=key.id/>
                </For>
            </div>
        </div>
    }
    .into_any()
}
