//! One state: what may be done with it, what happened to it, what it holds.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use super::{
    compare::Compare,
    deliveries::DeliveriesOf,
    history::History,
    place::Place,
    server::{self, Which, get_state, transition_state},
    words::chip,
};
use crate::{
    components::{format, icon::Icon, live::Live, toasts::use_toasts},
    stores::use_revision,
};

/// The open state, or what to do to open one.
#[component]
pub(super) fn Detail(place: Memo<Place>) -> impl IntoView {
    let revision = use_revision();
    let which = Memo::new(move |_| {
        place.with(|place| {
            Some(Which {
                id: place.open.clone()?,
                is_shared: place.wanted.is_shared,
            })
        })
    });
    let key = Memo::new(move |_| (which.get(), revision.get()));
    let detail = Live::new(key, |(which, _)| async move {
        // With the question, so that what is said about nothing fits it.
        match which {
            Some(which) => Ok((true, get_state(which).await?)),
            None => Ok((false, None)),
        }
    });
    let whole = move || match detail.good.get() {
        Some((_, Some(detail))) => view! { <Whole detail place/> }.into_any(),
        Some((is_asked, None)) => view! { <Nothing is_asked/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <section
            class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100 overflow-auto"
            class=("max-md:hidden", move || which.with(Option::is_none))
            aria-label="State"
        >
            {detail.show(move || whole.into_any())}
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
fn Whole(detail: server::Detail, place: Memo<Place>) -> impl IntoView {
    let server::Detail {
        state,
        changes,
        has_older,
        may_change,
        ..
    } = detail.clone();
    let which = Which {
        id: state.id.clone(),
        is_shared: detail.is_shared,
    };
    let is_deleted = state.status == "deleted";
    let back = move || place.with(|place| place.with_open(None).address());
    view! {
        <div class="px-5 pt-4 pb-3 border-b border-line">
            <div class="flex flex-wrap items-center gap-2.5">
                <A href=back attr:class="btn btn-sm btn-ghost btn-square md:hidden" attr:aria-label="Back to the list"><Icon name="chevron-left"/></A>
                <h2 class="hf-title truncate" title=state.id.clone()>{state.name.clone()}</h2>
                <span class=chip(&state.status) data-testid="state-status">{state.status.clone()}</span>
                <span class="hf-chip h-5.5!">{state.kind.clone()}</span>
                <span class="hf-chip h-5.5! font-mono" data-testid="state-version">{format!("v{}", state.version)}</span>
            </div>
            <Transitions detail=detail.clone() which=which.clone()/>
        </div>
        <div class="flex-1 min-h-0 grid md:grid-cols-[18rem_1fr]">
            <div class="md:border-r border-line md:overflow-auto px-5 py-4">
                <History which=which.clone() changes=changes.clone() has_older version=state.version/>
                <Facts detail/>
            </div>
            <div class="min-w-0 md:overflow-auto px-5 py-4 flex flex-col gap-3">
                <Compare which=which.clone() version=state.version changes is_deleted may_change/>
                <DeliveriesOf which version=state.version/>
            </div>
        </div>
    }
    .into_any()
}

/// What may be done: only that is offered, and the rest is named.
#[component]
fn Transitions(detail: server::Detail, which: Which) -> impl IntoView {
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
        let (which, version, name) = (which.clone(), state.version, transition.clone());
        let go = move |_| {
            let (which, name) = (which.clone(), name.clone());
            spawn_local(async move {
                match transition_state(which, name.clone(), version).await {
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
fn Facts(detail: server::Detail) -> impl IntoView {
    let expires = detail.expires_at.unwrap_or_else(|| "never".to_owned());
    view! {
        <div class="mt-4 pt-3 border-t border-line">
            <dl class="hf-kv">
                <dt>"Scope"</dt><dd class="truncate" title=detail.scope.clone()>{detail.scope.split(':').next().unwrap_or_default().to_owned()}</dd>
                <dt>"Schema version"</dt><dd>{detail.schema_version}</dd>
                <dt>"Created"</dt><dd>{detail.created_at} " UTC"</dd>
                <dt>"Expires"</dt><dd>{expires}</dd>
                <dt>"Size"</dt><dd>{format::bytes(detail.bytes)}</dd>
                {(!detail.tags.is_empty()).then(|| view! { <dt>"Tags"</dt><dd>{detail.tags.join(", ")}</dd> })}
            </dl>
        </div>
    }
    .into_any()
}
