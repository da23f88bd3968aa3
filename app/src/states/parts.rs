//! The way between the parts of the page: states, feature flags, webhooks, audit.

use leptos::prelude::*;
use leptos_router::components::A;

/// Address and name of each part.
const PARTS: [(&str, &str); 4] = [
    ("/states", "States"),
    ("/states/flags", "Flags"),
    ("/states/webhooks", "Webhooks"),
    ("/states/audit", "Audit"),
];

/// The links; the current one is marked.
#[component]
pub(super) fn Parts() -> impl IntoView {
    let link =
        |(href, name): (&'static str, &'static str)| view! { <A href=href exact=true>{name}</A> };
    view! { <nav class="hf-seg self-start" aria-label="Parts of States">{PARTS.map(link)}</nav> }
        .into_any()
}
