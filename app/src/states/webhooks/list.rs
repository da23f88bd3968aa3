//! The endpoints of this workspace, and how each stands.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    page::{Open, address},
    server::{Hook, list_webhooks},
};
use crate::{
    components::{format::plural, icon::Icon, live::Live},
    states::{parts::Parts, words::tone},
    stores::use_revision,
};

/// The list; on a phone it makes room for the open one.
#[component]
pub(super) fn List(open: Memo<Open>, ticks: ReadSignal<u32>) -> impl IntoView {
    let revision = use_revision();
    let key = Memo::new(move |_| (revision.get(), ticks.get()));
    let hooks = Live::new(key, |_| list_webhooks());
    let rows = move || {
        match hooks.good.get().unwrap_or_default().hooks {
        hooks if hooks.is_empty() => view! {
            <p class="p-8 text-center text-muted">"No server is told of changes yet. Make a webhook: give the address that should hear of them."</p>
        }
        .into_any(),
        hooks => {
            let rows = hooks.into_iter().map(|hook| view! { <Row hook open/> }).collect_view();
            view! { <ul class="flex-1 min-h-0 overflow-auto" aria-label="Webhooks">{rows}</ul> }.into_any()
        }
    }
    };
    view! {
        <section
            class="w-full md:w-96 xl:w-110 shrink-0 flex flex-col min-h-0 bg-base-100 border-r border-line"
            class=("max-md:hidden", move || open.with(|open| *open != Open::Nothing))
            aria-label="Webhooks"
        >
            <h1 class="sr-only">"Webhooks"</h1>
            <div class="p-3 flex items-center gap-2 border-b border-line">
                <Parts/>
                <span class="flex-1"></span>
                <A href=address(&Open::New) attr:class="btn btn-sm btn-primary"><Icon name="plus" small=true/>"New webhook"</A>
            </div>
            {hooks.show(move || rows.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Row(hook: Hook, open: Memo<Open>) -> impl IntoView {
    let this = Open::Hook(hook.id.clone());
    let href = address(&this);
    let is_open = move || open.with(|open| *open == this).then_some("true");
    let state = match (hook.given_up, hook.waiting) {
        (0, 0) => plural(hook.delivered, "delivered", "delivered"),
        (0, waiting) => format!("{waiting} trying again"),
        (given_up, _) => format!("{given_up} given up"),
    };
    view! {
        <li class="relative border-b border-line px-3 py-2 hover:bg-hover aria-[current]:bg-soft" aria-current=is_open>
            <div class="flex items-center gap-2">
                <A href=href attr:class="font-medium truncate after:absolute after:inset-0">{hook.told.name}</A>
                <span class="flex-1"></span>
                <span class="inline-flex items-center gap-1.5 text-xs"><i class="hf-dot" style=tone(&hook.status)></i>{hook.status.clone()}</span>
            </div>
            <div class="flex items-center gap-2 text-xs text-muted">
                <span class="truncate font-mono text-2xs">{hook.told.url}</span>
                <span class="flex-1"></span>
                <span class="num whitespace-nowrap">{state}</span>
            </div>
        </li>
    }
    .into_any()
}
