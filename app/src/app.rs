//! The frame and the routes. Each page is a lazy route: its code comes when it is first opened.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    account::{AccountPage, provide_me},
    boot::provide_boot,
    compare::ComparePage,
    components::{
        alive::mark_alive,
        dock::Dock,
        header::Header,
        toasts::{ToastArea, provide_toasts},
    },
    configurations::{ConfigurationsPage, provide_heard},
    data::{DataPage, provide_uploads},
    features::provide_features,
    monitor::MonitorPage,
    plot::PlotPage,
    profile::ProfilePage,
    query::QueryPage,
    settings::SettingsPage,
    sharing::provide_shares,
    simulations::{RunPage, SimulationsPage},
    states::StatesPage,
    stores::provide_stores,
    study::provide_study,
};

/// The application: what both the server renders and the browser brings alive.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_boot();
    let toasts = provide_toasts();
    let stores = provide_stores();
    let study = provide_study();
    let features = provide_features();
    let me = provide_me();
    let heard = provide_heard();
    let shares = provide_shares();
    provide_uploads();
    #[cfg(feature = "hydrate")]
    {
        crate::stores::start(&stores, toasts);
        crate::components::alive::when_whole(move || {
            crate::stores::listen(stores.clone(), study, features, heard, shares, me);
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (toasts, stores, study, features, heard, shares, me);
    view! {
        <Title formatter=window_title/>
        <Router>
            <a href="#main" class="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:btn focus:btn-sm">
                "Skip to main"
            </a>
            <div class="hf-app">
                <Header/>
                <main id="main" class="flex min-h-0 min-w-0" tabindex="-1">
                    <FlatRoutes fallback=NotFound>
                        <Route path=path!("/") view={Lazy::<QueryPage>::new()}/>
                        <Route path=path!("/data") view={Lazy::<DataPage>::new()}/>
                        <Route path=path!("/plot") view={Lazy::<PlotPage>::new()}/>
                        <Route path=path!("/profile") view={Lazy::<ProfilePage>::new()}/>
                        <Route path=path!("/simulations") view={Lazy::<SimulationsPage>::new()}/>
                        <Route path=path!("/simulations/:id") view={Lazy::<RunPage>::new()}/>
                        <Route path=path!("/compare") view={Lazy::<ComparePage>::new()}/>
                        <Route path=path!("/configurations/:name?") view={Lazy::<ConfigurationsPage>::new()}/>
                        <Route path=path!("/states/:part?") view={Lazy::<StatesPage>::new()}/>
                        <Route path=path!("/monitor") view={Lazy::<MonitorPage>::new()}/>
                        <Route path=path!("/settings") view={Lazy::<SettingsPage>::new()}/>
                        <Route path=path!("/account/:part?") view={Lazy::<AccountPage>::new()}/>
                    </FlatRoutes>
                </main>
                <Dock/>
            </div>
            <ToastArea/>
        </Router>
    }
}

/// A page's title as the window shows it. The server writes it into the document as it is, and a part of it may have come
/// out of an address.
fn window_title(page: String) -> String {
    #[cfg(feature = "ssr")]
    let page = html_escape::encode_text(&page);
    format!("{page} · Holdfast")
}

#[component]
fn NotFound() -> impl IntoView {
    mark_alive();
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found"/>
        <section class="m-auto max-w-sm p-6 text-center">
            <h1 class="hf-title">"This page is not here"</h1>
            <p class="mt-2 text-muted">"The address may be old, or mistyped. Your work is where you left it."</p>
            <a class="btn btn-sm btn-primary mt-4" href="/">"Go to Query"</a>
        </section>
    }
}
