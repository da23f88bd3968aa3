//! What the counts say should be done, each with one way to do it.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    head::back_up,
    page::Watch,
    server::{Action, Overview, Sign, Suggestion},
};
use crate::components::{icon::Icon, toasts::use_toasts};

/// The card.
#[component]
pub(super) fn Advice(shown: Memo<Overview>, watch: Watch) -> impl IntoView {
    let suggestions = Memo::new(move |_| shown.with(|it| it.suggestions.clone()));
    view! {
        <section class="hf-card min-w-0" aria-label="Suggestions">
            <div class="flex items-baseline gap-2 px-4 pt-3 pb-2">
                <h2 class="font-semibold">"Suggestions"</h2>
                <span class="text-xs text-muted">"from the last hour"</span>
            </div>
            <ul>
                <For each=move || suggestions.get() key=|it| (it.title.clone(), it.why.clone()) let:suggestion>
                    <Line suggestion watch/>
                </For>
            </ul>
            <Show when=move || suggestions.with(Vec::is_empty)>
                <p class="px-4 pb-4 text-xs text-muted">"Nothing to do: no bar is broken and the last backup is young."</p>
            </Show>
        </section>
    }
    .into_any()
}

fn icon(sign: Sign) -> &'static str {
    match sign {
        Sign::Fault => "octagon-x",
        Sign::Webhook => "triangle-alert",
        Sign::Backup => "archive",
        Sign::Connections => "wifi-off",
        Sign::TooOften => "hand",
        Sign::Cache => "database",
    }
}

#[component]
fn Line(suggestion: Suggestion, watch: Watch) -> impl IntoView {
    let toasts = use_toasts();
    let is_open = RwSignal::new(false);
    let Suggestion {
        sign,
        title,
        why,
        action,
    } = suggestion;
    let lines = match &action {
        Action::Set { lines } => Some(lines.clone()),
        _ => None,
    };
    let button = match action {
        Action::BackUp => view! {
            <button class="btn btn-xs" on:click=move |_| back_up(watch, toasts)>"Back up"</button>
        }
        .into_any(),
        Action::Look { href } => view! { <A href=href attr:class="btn btn-xs">"Look"</A> }.into_any(),
        Action::Set { .. } => view! {
            <button class="btn btn-xs" aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|is| *is = !*is)>"How"</button>
        }
        .into_any(),
    };
    view! {
        <li class="px-4 py-2 border-t border-line">
            <div class="flex items-center gap-3">
                <span class="text-primary"><Icon name=icon(sign)/></span>
                <div class="min-w-0 flex-1">
                    <div class="text-xs font-medium">{title}</div>
                    <div class="text-2xs text-muted num">{why}</div>
                </div>
                {button}
            </div>
            <Show when=move || is_open.get()>
                <p class="mt-2 text-2xs text-muted">"In the settings file, then restart:"</p>
                <pre class="hf-code p-2 mt-1 bg-base-200 overflow-x-auto">{lines.clone()}</pre>
            </Show>
        </li>
    }
    .into_any()
}
