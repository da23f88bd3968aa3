//! One state: what may be done with it, what happened to it, what it holds.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use super::{
    compare::Compare,
    list::Problem,
    server::{self, Done, get_state, transition_state},
    words::{chip, moment},
};
use crate::{
    components::{format, icon::Icon, toasts::use_toasts},
    stores::use_revision,
};

/// The open state, or what to do to open one.
#[component]
pub(super) fn Detail(open: Memo<Option<String>>) -> impl IntoView {
    let revision = use_revision();
    let detail = Resource::new(
        move || (open.get(), revision.get()),
        |(open, _)| async move {
            match open {
                Some(id) => get_state(id).await,
                None => Ok(None),
            }
        },
    );
    view! {
        <section
            class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100 overflow-auto"
            class=("max-md:hidden", move || open.with(Option::is_none))
            aria-label="State"
        >
            <Transition>
                {move || Suspend::new(async move {
                    match detail.await {
                        Ok(Some(detail)) => view! { <Whole detail/> }.into_any(),
                        Ok(None) => view! { <Nothing is_asked=open.get_untracked().is_some()/> }.into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
    .into_any()
}

#[component]
fn Nothing(is_asked: bool) -> impl IntoView {
    let text = if is_asked {
        "This state is not here. It may be another browser's, or the address is mistyped."
    } else {
        "Choose a state to see what it holds and what happened to it. Nothing that was written is lost: every version is in its history."
    };
    view! { <p class="m-auto max-w-sm p-6 text-center text-muted">{text}</p> }.into_any()
}

#[component]
fn Whole(detail: server::Detail) -> impl IntoView {
    let server::Detail { state, changes, .. } = detail.clone();
    let is_deleted = state.status == "deleted";
    view! {
        <div class="px-5 pt-4 pb-3 border-b border-line">
            <div class="flex flex-wrap items-center gap-2.5">
                <A href="/states" attr:class="btn btn-sm btn-ghost btn-square md:hidden" attr:aria-label="Back to the list"><Icon name="chevron-left"/></A>
                <h2 class="hf-title truncate" title=state.id.clone()>{state.name.clone()}</h2>
                <span class=chip(&state.status) data-testid="state-status">{state.status.clone()}</span>
                <span class="hf-chip h-5.5!">{state.kind.clone()}</span>
                <span class="hf-chip h-5.5! font-mono" data-testid="state-version">{format!("v{}", state.version)}</span>
            </div>
            <Transitions detail=detail.clone()/>
        </div>
        <div class="flex-1 min-h-0 grid md:grid-cols-[18rem_1fr]">
            <div class="md:border-r border-line md:overflow-auto px-5 py-4">
                <History changes=changes.clone()/>
                <Facts detail/>
            </div>
            <Compare id=state.id version=state.version changes is_deleted/>
        </div>
    }
    .into_any()
}

/// What may be done: only that is offered, and the rest is named.
#[component]
fn Transitions(detail: server::Detail) -> impl IntoView {
    let toasts = use_toasts();
    let server::Detail {
        state,
        allowed,
        not_offered,
        ..
    } = detail;
    let buttons = allowed.into_iter().map(|transition| {
        let class = if transition == "delete" {
            "btn btn-sm btn-ghost text-err-text border-line-strong!"
        } else {
            "btn btn-sm"
        };
        let (id, version, name) = (state.id.clone(), state.version, transition.clone());
        let go = move |_| {
            let (id, name) = (id.clone(), name.clone());
            spawn_local(async move {
                match transition_state(id, name.clone(), version).await {
                    Ok(()) => toasts.say(format!(
                        "Done: {name}. The version before is in the history."
                    )),
                    Err(error) => toasts.error(error.to_string()),
                }
            });
        };
        view! { <button class=class on:click=go>{transition}</button> }
    });
    let rest = match not_offered.is_empty() {
        true => format!("From {}.", state.status),
        false => format!(
            "From {}. Not offered: {}",
            state.status,
            not_offered.join(", ")
        ),
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2 mt-3">
            <div class="flex flex-wrap gap-1.5" role="group" aria-label="Transitions">{buttons.collect_view()}</div>
            <span class="text-2xs text-faint">{rest}</span>
        </div>
    }
    .into_any()
}

#[component]
fn History(changes: Vec<Done>) -> impl IntoView {
    let count = format::plural(changes.len() as u64, "version", "versions");
    let last = changes.len().saturating_sub(1);
    let items = changes.into_iter().enumerate().map(|(at, change)| {
        let dot = if at == 0 { "bg-primary border-primary" } else { "bg-base-100 border-line-strong" };
        let what = match &change.before {
            Some(before) if *before == change.after => "status unchanged".to_owned(),
            Some(before) => format!("{before} → {}", change.after),
            None => format!("→ {}", change.after),
        };
        view! {
            <li class="relative flex gap-3 pb-3">
                <span class="relative flex flex-col items-center w-3">
                    <i class=format!("size-2.5 mt-1.5 rounded-full border-2 {dot}")></i>
                    {(at < last).then(|| view! { <i class="absolute top-4.5 -bottom-4 w-px bg-line-strong"></i> })}
                </span>
                <div class="flex-1 min-w-0">
                    <div class="flex items-center gap-2">
                        <span class="font-medium">{change.transition}</span>
                        <span class="font-mono text-2xs text-faint">{format!("v{}", change.version)}</span>
                        <span class="ml-auto text-2xs text-faint num">{moment(change.at)}</span>
                    </div>
                    <div class="text-xs text-muted truncate">{what}<span class="text-faint">", " {change.actor}</span></div>
                </div>
            </li>
        }
    });
    view! {
        <div class="flex items-center mb-3">
            <h3 class="font-semibold">"History"</h3>
            <span class="text-xs text-muted ml-2 num" data-testid="state-versions">{count}</span>
        </div>
        <ol class="relative" aria-label="History">{items.collect_view()}</ol>
    }
    .into_any()
}

#[component]
fn Facts(detail: server::Detail) -> impl IntoView {
    let expires = detail.expires_at.map_or_else(|| "never".to_owned(), moment);
    view! {
        <div class="mt-4 pt-3 border-t border-line">
            <dl class="hf-kv">
                <dt>"Scope"</dt><dd class="truncate" title=detail.scope.clone()>{detail.scope.split(':').next().unwrap_or_default().to_owned()}</dd>
                <dt>"Schema version"</dt><dd>{detail.schema_version}</dd>
                <dt>"Created"</dt><dd>{moment(detail.created_at)} " UTC"</dd>
                <dt>"Expires"</dt><dd>{expires}</dd>
                <dt>"Size"</dt><dd>{format::bytes(detail.bytes)}</dd>
            </dl>
        </div>
    }
    .into_any()
}
