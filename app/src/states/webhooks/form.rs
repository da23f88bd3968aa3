//! What a person says about an endpoint: its address, its name, what it hears of.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

use super::{
    page::{Open, address},
    server::{Made, Told, create_webhook, list_webhooks},
};
use crate::{
    AppError,
    components::{icon::Icon, live::Live, toasts::use_toasts},
};

/// The form for a new endpoint, then its secret.
#[component]
pub(super) fn NewHook() -> impl IntoView {
    let made = RwSignal::new(None::<Made>);
    let problem = RwSignal::new(None::<AppError>);
    let offered = Live::new(Memo::new(|_| ()), |()| list_webhooks());
    let save = Callback::new(move |told: Told| {
        spawn_local(async move {
            match create_webhook(told).await {
                Ok(new) => {
                    problem.set(None);
                    made.set(Some(new));
                }
                Err(error) => problem.set(Some(error)),
            }
        });
    });
    view! {
        <div class="px-5 py-4 max-w-xl flex flex-col gap-4">
            <div class="flex items-center gap-2">
                <A href=address(&Open::Nothing) attr:class="btn btn-sm btn-ghost btn-square md:hidden" attr:aria-label="Back to the list"><Icon name="chevron-left"/></A>
                <h2 class="hf-title">"New webhook"</h2>
            </div>
            {move || match made.get() {
                Some(made) => view! { <Done made/> }.into_any(),
                None => offered.show(move || {
                    let kinds = offered.good.get_untracked().unwrap_or_default().kinds;
                    view! { <Form told=Told::default() kinds save problem label="Make webhook"/> }.into_any()
                }),
            }}
        </div>
    }
    .into_any()
}

#[component]
fn Done(made: Made) -> impl IntoView {
    let navigate = use_navigate();
    let next = address(&Open::Hook(made.id));
    let go = move |_| navigate(&next, NavigateOptions::default());
    view! {
        <ShownOnce secret=made.secret/>
        <div><button class="btn btn-sm btn-primary" on:click=go>"I have put it into the receiver"</button></div>
    }
    .into_any()
}

/// A secret, which nobody is shown again.
#[component]
pub(super) fn ShownOnce(secret: String) -> impl IntoView {
    view! {
        <div class="rounded-box border border-line bg-chg p-4" role="status">
            <p class="font-medium">"This is the secret that messages are signed with"</p>
            <p class="text-xs text-muted mt-1">"Put it into the receiver now: it is not shown again. Messages are signed as Standard Webhooks 1.0.0 says."</p>
            <code class="block mt-2 font-mono text-xs break-all select-all" data-testid="webhook-secret">{secret}</code>
        </div>
    }
    .into_any()
}

/// The fields.
#[component]
pub(super) fn Form(
    told: Told,
    kinds: Vec<String>,
    save: Callback<Told>,
    problem: RwSignal<Option<AppError>>,
    /// What the button says.
    label: &'static str,
) -> impl IntoView {
    let toasts = use_toasts();
    let fields = RwSignal::new(told.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let told = fields.get_untracked();
        if told.url.trim().is_empty() {
            toasts.error("Give the address that should hear of changes first.");
            return;
        }
        save.run(told);
    };
    let of_url = move || {
        problem.get().and_then(|problem| match problem {
            AppError::Invalid { path, problem } if path.ends_with("url") => Some(problem),
            _ => None,
        })
    };
    let other = move || {
        problem
            .get()
            .filter(|_| of_url().is_none())
            .map(|problem| problem.to_string())
    };
    let chips = kinds.into_iter().map(move |kind| {
        let (value, this) = (kind.clone(), kind.clone());
        let is_on = move || fields.with(|fields| fields.kinds.contains(&this));
        let change = move |_| {
            fields.update(|fields| match fields.kinds.iter().position(|one| *one == value) {
                Some(at) => drop(fields.kinds.remove(at)),
                None => fields.kinds.push(value.clone()),
            });
        };
        view! {
            <label class="flex items-center gap-2">
                <input type="checkbox" class="checkbox checkbox-xs checkbox-primary" prop:checked=is_on on:change=change/>
                <span>{kind}</span>
            </label>
        }
    });
    view! {
        <form class="flex flex-col gap-3" on:submit=submit>
            <label class="flex flex-col gap-1">
                <span class="font-medium">"Address"</span>
                <input
                    class="input input-sm w-full font-mono text-xs!" type="url" placeholder="https://example.org/hooks" value=told.url
                    aria-invalid=move || of_url().is_some().then_some("true")
                    on:input=move |event| fields.update(|fields| fields.url = event_target_value(&event))
                />
                <Show when=move || of_url().is_some()><span class="text-xs text-err-text" role="alert">{of_url}</span></Show>
            </label>
            <label class="flex flex-col gap-1">
                <span class="font-medium">"Name"</span>
                <input
                    class="input input-sm w-full" maxlength="80" value=told.name
                    on:input=move |event| fields.update(|fields| fields.name = event_target_value(&event))
                />
            </label>
            <label class="flex flex-col gap-1">
                <span class="font-medium">"What it is for"</span>
                <input
                    class="input input-sm w-full" maxlength="400" value=told.description
                    on:input=move |event| fields.update(|fields| fields.description = event_target_value(&event))
                />
            </label>
            <fieldset>
                <legend class="font-medium mb-1">"What it hears of"</legend>
                <p class="text-xs text-muted mb-1.5">"States of these kinds; of every kind when none is chosen."</p>
                <div class="grid grid-cols-2 sm:grid-cols-3 gap-1.5">{chips.collect_view()}</div>
            </fieldset>
            <Show when=move || other().is_some()><p class="text-xs text-err-text" role="alert">{other}</p></Show>
            <div><button class="btn btn-sm btn-primary">{label}</button></div>
        </form>
    }
    .into_any()
}
