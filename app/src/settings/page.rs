//! The route, and where the regions stand.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

use super::{
    appearance::Appearance,
    data::Data,
    defaults::Defaults,
    server::{Told, get_settings},
    this_server::ThisServer,
};
use crate::{account::use_me, components::alive::mark_alive, study::use_study};

/// The route: `/settings`.
pub(crate) struct SettingsPage;

#[lazy_route]
impl LazyRoute for SettingsPage {
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
    let me = use_me().0;
    let study = use_study();
    // Asked for again when the person may do something else, or their study holds something else.
    let told = Told::new_with_options(
        move || {
            let tables = study.view.with(|view| {
                let ids = view.tables.iter().map(|table| table.id.clone());
                ids.collect::<Vec<_>>()
            });
            let result = study
                .result
                .with(|result| result.as_ref().map(|result| result.id.clone()));
            (me.get(), tables, result)
        },
        |_| get_settings(),
        true,
    );
    view! {
        <Title text="Settings"/>
        <section class="flex-1 min-w-0 min-h-0 overflow-auto bg-base-100" aria-label="Settings">
            <div class="hf-bar"><h1 class="hf-title">"Settings"</h1></div>
            <Appearance/>
            <Defaults/>
            <Data told/>
            <ThisServer told/>
        </section>
    }
    .into_any()
}
