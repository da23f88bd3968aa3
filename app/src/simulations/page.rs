//! The route, and where the list and an open run stand.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_params_map, lazy_route};

use super::{detail::Detail, list::List};
use crate::components::alive::mark_alive;

/// The route: `/simulations`, `/simulations/{id}`.
pub(crate) struct SimulationsPage;

#[lazy_route]
impl LazyRoute for SimulationsPage {
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
    let id = Memo::new(move |_| map.with(|map| map.get("id")).filter(|id| !id.is_empty()));
    view! {
        <Title text="Simulations"/>
        <div class="flex min-h-0 min-w-0 flex-1">
            {move || match id.get() {
                Some(id) => view! { <Detail id/> }.into_any(),
                None => view! { <List/> }.into_any(),
            }}
        </div>
    }
    .into_any()
}
