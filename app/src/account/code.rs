//! After the password of an account with a second factor: its code. A plain form, which works without scripts.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{entry::Field, words::Outcome};

/// Asks for it.
#[component]
pub(super) fn AskForCode() -> impl IntoView {
    view! {
        <Title text="Log in"/>
        <section class="flex-1 min-w-0 overflow-auto bg-base-200">
            <div class="min-h-full grid place-items-center p-6">
                <form class="hf-card p-6 w-full max-w-90" method="post" action="/account/prove" aria-labelledby="code">
                    <h1 class="hf-title" id="code">"Type the code of your app"</h1>
                    <p class="text-xs text-muted mt-1 mb-4">"The password is right. Within five minutes, type the six digits that your authenticator app shows for Holdfast, or a recovery code."</p>
                    <Outcome/>
                    <Field name="code" label="Code" kind="text" complete="one-time-code"/>
                    <button class="btn btn-primary h-9! max-md:h-10! mt-4 w-full">"Log in"</button>
                    <p class="text-2xs text-muted mt-3">"Without app and recovery codes, ask who administers this server. "<a class="link" href="/account">"Begin again"</a></p>
                </form>
            </div>
        </section>
    }
    .into_any()
}
