//! Where the endpoints and the open one stand. The address says which is open, or that a new one is being made.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{detail::Detail, form::NewHook, list::List};
use crate::components::ticks::use_ticks;

/// Deliveries are no changes of a state, so no live event tells of them: they are asked for this often.
const ASK_EVERY: Duration = Duration::from_secs(2);

/// What is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Open {
    Nothing,
    New,
    Hook(String),
}

/// The address of the part, of an endpoint, of the form for a new one.
pub(super) fn address(open: &Open) -> String {
    match open {
        Open::Nothing => "/states/webhooks".to_owned(),
        Open::New => "/states/webhooks?new=1".to_owned(),
        // The engine's own ids are digits and hyphens.
        Open::Hook(id) => format!("/states/webhooks?id={id}"),
    }
}

/// The part.
#[component]
pub(in crate::states) fn Webhooks() -> impl IntoView {
    let map = use_location().query;
    let open = Memo::new(move |_| {
        map.with(|map| match (map.get("id"), map.get("new")) {
            (Some(id), _) => Open::Hook(id),
            (None, Some(_)) => Open::New,
            (None, None) => Open::Nothing,
        })
    });
    let ticks = use_ticks(ASK_EVERY);
    view! {
        <div class="flex min-h-0 min-w-0 flex-1">
            <List open ticks/>
            <section
                class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100 overflow-auto"
                class=("max-md:hidden", move || open.with(|open| *open == Open::Nothing))
                aria-label="Webhook"
            >
                {move || match open.get() {
                    Open::New => view! { <NewHook/> }.into_any(),
                    Open::Hook(id) => view! { <Detail id ticks/> }.into_any(),
                    Open::Nothing => view! {
                        <p class="m-auto max-w-sm p-6 text-center text-muted">
                            "A webhook tells another server of every change in this workspace, signed, in order, at least once. Choose one to see what was sent."
                        </p>
                    }
                    .into_any(),
                }}
            </section>
        </div>
    }
    .into_any()
}
