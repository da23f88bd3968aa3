//! For who is not logged in: log in, sign up, or follow a link. Plain forms: they work without scripts.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::words::Outcome;
use crate::{boot::use_boot, components::icon::Icon};

/// Log in, and sign up where everybody may.
#[component]
pub(super) fn Entry() -> impl IntoView {
    let is_open = use_boot().with_value(|boot| boot.is_sign_up_open);
    view! {
        <Title text="Log in"/>
        <section class="flex-1 min-w-0 overflow-auto bg-base-200">
            <div class="min-h-full flex flex-wrap items-center content-center justify-center gap-6 p-6">
                <div class="w-full max-w-90">
                    <form class="hf-card p-6" method="post" action="/account/log-in" aria-labelledby="log-in">
                        <h1 class="hf-title mb-4" id="log-in">"Log in to Holdfast"</h1>
                        <Outcome/>
                        <div class="flex flex-col gap-3">
                            <Field name="email" label="Email" kind="email" complete="username"/>
                            <Field name="password" label="Password" kind="password" complete="current-password"/>
                            <label class="flex items-center gap-2 text-xs mt-1 min-h-6">
                                <input type="checkbox" name="stay" value="yes" checked class="checkbox checkbox-xs checkbox-primary"/>
                                <span>"Stay logged in on this device"</span>
                            </label>
                            <button class="btn btn-primary h-9! max-md:h-10! mt-1">"Log in"</button>
                        </div>
                    </form>
                    <p class="flex gap-2 text-2xs text-muted mt-4 px-1">
                        <span class="text-ok-text"><Icon name="check" small=true/></span>
                        <span>"Filters, selections and tables of this browser come with you when you log in."</span>
                    </p>
                </div>
                {is_open.then(|| view! { <SignUp/> })}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn SignUp() -> impl IntoView {
    let about = use_boot().with_value(|boot| match (boot.first_administers, boot.must_log_in) {
        (true, _) => "Nobody has an account here yet: yours administers this server. From then on configurations, features and the Monitor are for who logs in; without an account people keep their own workspace only.",
        (_, true) => "People work here with an account. You find your work on every device.",
        _ => "You can work here without an account, too. With one you find your work on every device.",
    });
    view! {
        <form class="hf-card p-6 w-full max-w-90" method="post" action="/account/sign-up" aria-labelledby="sign-up">
            <h2 class="hf-title mb-4" id="sign-up">"Make an account"</h2>
            <JoinFields/>
            <button class="btn h-9! max-md:h-10! mt-4 w-full">"Make account"</button>
            <p class="text-2xs text-muted mt-3">{about}</p>
        </form>
    }
    .into_any()
}

/// Who came with a link: the first administrator, or somebody who was invited.
#[component]
pub(super) fn ByLink(
    title: &'static str,
    about: &'static str,
    action: &'static str,
) -> impl IntoView {
    let map = use_location().query;
    let link = move || map.with(|map| map.get("token")).unwrap_or_default();
    view! {
        <Title text=title/>
        <section class="flex-1 min-w-0 overflow-auto bg-base-200">
            <div class="min-h-full grid place-items-center p-6">
                <form class="hf-card p-6 w-full max-w-90" method="post" action=action aria-labelledby="by-link">
                    <h1 class="hf-title" id="by-link">{title}</h1>
                    <p class="text-xs text-muted mt-1 mb-4">{about}</p>
                    <Outcome/>
                    <input type="hidden" name="link" value=link/>
                    <JoinFields/>
                    <button class="btn btn-primary h-9! max-md:h-10! mt-4 w-full">"Make account"</button>
                </form>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn JoinFields() -> impl IntoView {
    view! {
        <div class="flex flex-col gap-3">
            <Field name="name" label="Name" kind="text" complete="name"/>
            <Field name="email" label="Email" kind="email" complete="username"/>
            <Field name="password" label="New password" kind="password" complete="new-password" note="At least 10 characters. A sentence is good."/>
        </div>
    }
    .into_any()
}

/// A labelled field of a plain form.
#[component]
pub(super) fn Field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    complete: &'static str,
    #[prop(optional)] note: &'static str,
) -> impl IntoView {
    let note = (!note.is_empty())
        .then(|| view! { <span class="block text-2xs text-muted mt-1">{note}</span> });
    view! {
        <label class="block">
            <span class="flex text-xs font-medium mb-1">{label}</span>
            <input class="input input-sm h-9! max-md:h-10! w-full" type=kind name=name autocomplete=complete required maxlength="256"/>
            {note}
        </label>
    }
    .into_any()
}
