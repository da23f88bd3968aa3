//! The parts of the page, and where the list of states and the open one stand. All parts are one lazy route: what
//! they share comes once.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    LazyRoute,
    hooks::{use_location, use_params_map},
    lazy_route,
};

use super::{
    audit::Audit, detail::Detail, flags::Flags, list::List, place::Place, webhooks::Webhooks,
};
use crate::components::alive::mark_alive;

/// The route: `/states`, `/states/flags`, `/states/webhooks`, `/states/audit`.
pub(crate) struct StatesPage;

#[lazy_route]
impl LazyRoute for StatesPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Page/> }.into_any()
    }
}

#[component]
fn Page() -> impl IntoView {
    mark_alive();
    let map = use_params_map();
    let part = Memo::new(move |_| map.with(|map| map.get("part")).unwrap_or_default());
    move || match part.get().as_str() {
        "flags" => view! { <Title text="Flags"/> <Flags/> }.into_any(),
        "audit" => view! { <Title text="Audit"/> <Audit/> }.into_any(),
        "webhooks" => view! { <Title text="Webhooks"/> <Webhooks/> }.into_any(),
        _ => view! { <Title text="States"/> <States/> }.into_any(),
    }
}

#[component]
fn States() -> impl IntoView {
    // Not `use_query_map`: from one part to another it keeps what the address said before (leptos_router 0.8.17).
    let map = use_location().query;
    let place = Memo::new(move |_| map.with(Place::of));
    view! {
        <div class="flex min-h-0 min-w-0 flex-1">
            <List place/>
            <Detail place/>
        </div>
    }
    .into_any()
}
