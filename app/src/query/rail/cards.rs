//! The filter cards: in their order, each on one column.

use leptos::prelude::*;

use super::{add_card::AddCard, card::Card};
use crate::query::state::Query;

/// The section.
#[component]
pub(super) fn Cards(query: Query) -> impl IntoView {
    // A card is made once; what changes in it, changes in place.
    let ids = Memo::new(move |_| {
        query.filters.with(|filters| {
            filters
                .cards
                .iter()
                .map(|card| card.id.clone())
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class="hf-sec">
            <div class="flex items-center justify-between mb-2">
                <span class="font-medium">"Filter cards"</span>
                <AddCard query/>
            </div>
            <div class="flex flex-col gap-2">
                <For each=move || ids.get() key=Clone::clone let:id>
                    <Card query id/>
                </For>
            </div>
        </div>
    }
    .into_any()
}
