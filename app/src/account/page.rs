//! What of the page is shown: the forms of who is not logged in, or the account.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_params_map, lazy_route};

use super::{
    code::AskForCode,
    entry::{ByLink, Entry},
    home::Home,
    me::use_me,
};
use crate::components::alive::mark_alive;

/// The route: `/account`, `/account/code`, `/account/first`, `/account/invited`.
pub(crate) struct AccountPage;

#[lazy_route]
impl LazyRoute for AccountPage {
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
    let me = use_me().0;
    let is_logged_in = Memo::new(move |_| me.with(Option::is_some));
    move || {
        match (part.get().as_str(), is_logged_in.get()) {
        ("first", false) => view! {
            <ByLink
                title="Make the first administrator" action="/account/make-first"
                about="Nobody administers this server yet. Who has this link becomes its administrator."
            />
        }
        .into_any(),
        ("invited", false) => view! {
            <ByLink
                title="You are invited" action="/account/join"
                about="Make an account with this link. It can be used once."
            />
        }
        .into_any(),
        ("code", false) => view! { <AskForCode/> }.into_any(),
        (_, true) => view! { <Title text="Account"/> <Home/> }.into_any(),
        (_, false) => view! { <Entry/> }.into_any(),
    }
    }
}
