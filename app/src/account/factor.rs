//! The second factor: off, being set up, on. Plain forms, which work without scripts; recovery codes are shown in the answer
//! to the form that made them.

use leptos::prelude::*;

use super::{entry::Field, server::FactorView};
use crate::components::{format::plural, icon::Icon};

/// The region.
#[component]
pub(super) fn SecondFactor(
    factor: Memo<FactorView>,
    /// Recovery codes that were just made.
    codes: Memo<Vec<String>>,
) -> impl IntoView {
    let status = move || match factor.get() {
        FactorView::Off => "off".to_owned(),
        FactorView::Begun { .. } => "being set up".to_owned(),
        FactorView::On { since, left } => {
            let left = plural(left, "recovery code", "recovery codes");
            format!("on since {since}, {left} left")
        }
    };
    let part = move || match factor.get() {
        FactorView::Off => view! { <Off/> }.into_any(),
        FactorView::Begun { key, picture, side } => {
            view! { <Begun key_text=key picture side/> }.into_any()
        }
        FactorView::On { .. } => view! { <On/> }.into_any(),
    };
    view! {
        <section class="border-t border-line mt-1" aria-label="Second factor">
            <div class="h-10 flex items-center gap-2 px-4">
                <h2 class="font-semibold">"Second factor"</h2>
                <span class="text-xs text-muted" data-testid="factor">{status}</span>
            </div>
            <Show when=move || !codes.with(Vec::is_empty)><Codes codes/></Show>
            {part}
        </section>
    }
    .into_any()
}

#[component]
fn Off() -> impl IntoView {
    view! {
        <p class="px-4 pb-2 text-xs text-muted max-w-2xl">"With it a stolen password is not enough: at each log-in you also type six digits that an app on your phone shows."</p>
        <details>
            <summary class="h-10 flex items-center gap-2 px-4 cursor-pointer"><Icon name="smartphone" small=true/>"Turn it on"</summary>
            <form method="post" action="/account/factor-begin" class="px-4 pb-4 max-w-90 flex flex-col gap-3">
                <Field name="password" label="Your password" kind="password" complete="current-password"/>
                <div><button class="btn btn-sm btn-primary">"Go on"</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// The picture is dark on light in both themes: apps read it so.
#[component]
fn Begun(key_text: String, picture: String, side: i32) -> impl IntoView {
    view! {
        <div class="px-4 pb-4 flex flex-wrap gap-6">
            <svg viewBox=format!("0 0 {side} {side}") class="size-48 rounded-box border border-line" style="background:#fff" role="img" aria-label="The key as a picture for your app">
                <path d=picture fill="#000" shape-rendering="crispEdges"></path>
            </svg>
            <form method="post" action="/account/factor-on" class="w-full max-w-90 flex flex-col gap-3" aria-label="Turn the second factor on">
                <p class="text-xs">"Scan the picture with an authenticator app, or type the key into it:"</p>
                <code class="font-mono text-xs break-all select-all" data-testid="factor-key">{key_text}</code>
                <Field name="code" label="Code that the app shows" kind="text" complete="one-time-code"/>
                <div><button class="btn btn-sm btn-primary">"Turn on"</button></div>
            </form>
        </div>
    }
    .into_any()
}

#[component]
fn On() -> impl IntoView {
    view! {
        <details>
            <summary class="h-10 flex items-center gap-2 px-4 cursor-pointer"><Icon name="smartphone" small=true/>"Turn it off, or make new recovery codes"</summary>
            <form method="post" action="/account/factor-codes" class="px-4 pb-4 max-w-90 flex flex-col gap-3" aria-label="Change the second factor">
                <Field name="password" label="Your password" kind="password" complete="current-password"/>
                <Field name="code" label="Code of the app, or a recovery code" kind="text" complete="one-time-code"/>
                <div class="flex flex-wrap gap-2">
                    <button class="btn btn-sm btn-primary">"New recovery codes"</button>
                    <button class="btn btn-sm text-err-text" formaction="/account/factor-off">"Turn off"</button>
                </div>
            </form>
        </details>
    }
    .into_any()
}

#[component]
fn Codes(codes: Memo<Vec<String>>) -> impl IntoView {
    let list = move || {
        let codes = codes.get().into_iter();
        codes.map(|code| view! { <li>{code}</li> }).collect_view()
    };
    view! {
        <div class="mx-4 mb-3 rounded-box border border-line bg-chg p-3" role="status">
            <p class="text-xs">"These are your recovery codes. Each lets you in once without the app. Keep them where you find them without your phone now: they are not shown again."</p>
            <ul class="mt-1.5 font-mono text-xs columns-1 sm:columns-2 select-all" data-testid="recovery-codes">{list}</ul>
        </div>
    }
    .into_any()
}
