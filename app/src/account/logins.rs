//! Where the person is logged in; each can be ended from here, by who knows the password.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::server::{LoginRow, end_login, end_other_logins};
use crate::components::{format::plural, icon::Icon, toasts::use_toasts};

/// The region.
#[component]
pub(super) fn Logins(logins: Signal<Vec<LoginRow>>, reload: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let count = move || plural(logins.with(Vec::len) as u64, "session", "sessions");
    let has_others = move || logins.with(|logins| logins.iter().any(|login| !login.is_this));
    let password = RwSignal::new(String::new());
    let end_others = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            match end_other_logins(password.get_untracked()).await {
                Ok(ended) => toasts.say(format!("{} ended.", plural(ended, "session", "sessions"))),
                Err(error) => toasts.error(error.to_string()),
            }
            reload.run(());
        });
    };
    view! {
        <section aria-label="Where you are logged in">
            <div class="min-h-10 flex flex-wrap items-center gap-2 px-4 py-1">
                <h2 class="font-semibold">"Where you are logged in"</h2>
                <span class="text-xs text-muted num">{count}</span>
                <span class="flex-1"></span>
                <Show when=has_others>
                    <form class="flex items-center gap-2" on:submit=end_others>
                        <input
                            type="password" autocomplete="current-password" required maxlength="256" placeholder="Your password"
                            aria-label="Your password, to end sessions" class="input input-xs max-md:input-sm w-32"
                            on:input=move |event| password.set(event_target_value(&event))
                        />
                        <button class="btn btn-xs max-md:btn-sm text-err-text">"End all others"</button>
                    </form>
                </Show>
            </div>
            <div class="overflow-x-auto" tabindex="0" role="group" aria-label="Sessions">
                <table class="hf-grid tall">
                    <thead>
                        <tr>
                            <th scope="col" class="pl-4!">"Browser"</th>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Last seen"</th>
                            <th scope="col">"Since (UTC)"</th>
                            <th scope="col" class="pr-4!"><span class="sr-only">"End"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || logins.get() key=|login| login.clone() let:login><Row login password reload/></For>
                    </tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(login: LoginRow, password: RwSignal<String>, reload: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let LoginRow {
        handle,
        browser,
        address,
        seen,
        since,
        is_this,
        is_phone,
    } = login;
    let label = format!("End {browser}");
    let end = move |_| {
        let handle = handle.clone();
        spawn_local(async move {
            match end_login(handle, password.get_untracked()).await {
                Ok(()) => toasts.say("Ended. Its open pages are logged out."),
                Err(error) => toasts.error(error.to_string()),
            }
            reload.run(());
        });
    };
    let picture = if is_phone { "smartphone" } else { "monitor" };
    view! {
        <tr>
            <td class="pl-4!">
                <span class="inline-flex items-center gap-2">
                    <Icon name=picture small=true class="text-faint"/>
                    <span class="font-medium">{browser}</span>
                    {is_this.then(|| view! { <span class="hf-chip hf-chip-on">"this one"</span> })}
                </span>
            </td>
            <td class="font-mono text-2xs">{address}</td>
            <td class="tabular-nums">{seen}</td>
            <td class="tabular-nums text-muted">{since}</td>
            <td class="text-right pr-4!">
                {(!is_this).then(|| view! { <button class="btn btn-xs max-md:btn-sm" aria-label=label on:click=end>"End"</button> })}
            </td>
        </tr>
    }
    .into_any()
}
