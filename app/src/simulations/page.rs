//! The routes: the list, and an open run. Each has its own code, as neither shows anything of the other.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_params_map, lazy_route};

use super::{detail::Detail, list::List};
use crate::components::alive::mark_alive;

/// The route `/simulations`.
pub(crate) struct SimulationsPage;

#[lazy_route]
impl LazyRoute for SimulationsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Page><List/></Page> }.into_any()
    }
}

/// The route `/simulations/{id}`.
pub(crate) struct RunPage;

#[lazy_route]
impl LazyRoute for RunPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let map = use_params_map();
        let id = Memo::new(move |_| map.with(|map| map.get("id")).unwrap_or_default());
        view! { <Page>{move || view! { <Detail id=id.get()/> }}</Page> }.into_any()
    }
}

#[component]
fn Page(children: Children) -> impl IntoView {
    mark_alive();
    view! {
        <Title text="Simulations"/>
        <div class="flex min-h-0 min-w-0 flex-1">{children()}</div>
    }
    .into_any()
}
