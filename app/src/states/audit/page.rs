//! Where the search, the list and the open change stand.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    check::Check,
    detail::Detail,
    list::{List, newest},
    place::Place,
    search::Search,
};
use crate::states::parts::Parts;

/// The part.
#[component]
pub(in crate::states) fn Audit() -> impl IntoView {
    let map = use_location().query;
    let place = Memo::new(move |_| map.with(Place::of));
    let question = Memo::new(move |_| place.with(|place| place.question.clone()));
    let found = newest(question);
    let is_open = move || place.with(|place| place.open.is_some());
    view! {
        <div class="flex min-h-0 min-w-0 flex-1">
            <section
                class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100"
                class=("max-lg:hidden", is_open)
                aria-label="Audit"
            >
                <div class="px-3 pt-3 flex flex-wrap items-center gap-2"><Parts/><span class="flex-1"></span><Check/></div>
                <h1 class="sr-only">"Audit"</h1>
                <Search place found/>
                <List found question place/>
            </section>
            {move || place.with(|place| place.open).map(|revision| view! { <Detail revision place/> })}
        </div>
    }
    .into_any()
}
