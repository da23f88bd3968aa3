//! One endpoint: what may be done with it, its secret, what was sent to it.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use super::{
    form::{Form, ShownOnce},
    page::{Open, address},
    sent::{Attempts, GivenUpMessages},
    server::{
        HookDetail, Told, change_webhook, get_webhook, replay_webhook, retire_webhook_secrets,
        rotate_webhook_secret,
    },
};
use crate::{
    AppError,
    components::{format, icon::Icon, live::Live, toasts::use_toasts},
    states::{
        place::Place,
        server::{Which, transition_state},
        words::chip,
    },
    stores::use_revision,
};

/// What is known of the open endpoint; `None` when there is none.
type Now = Memo<Option<HookDetail>>;

/// The open endpoint.
#[component]
pub(super) fn Detail(id: String, ticks: ReadSignal<u32>) -> impl IntoView {
    let revision = use_revision();
    let asked = id.clone();
    let key = Memo::new(move |_| (revision.get(), ticks.get()));
    let detail = Live::new(key, move |_| get_webhook(asked.clone()));
    let now = Memo::new(move |_| detail.good.get().flatten());
    let is_there = Memo::new(move |_| now.with(Option::is_some));
    detail.show(move || {
        let id = id.clone();
        let whole = move || match is_there.get() {
            true => view! { <Whole id=id.clone() now/> }.into_any(),
            false => view! {
                <p class="m-auto max-w-sm p-6 text-center text-muted">"This webhook is not here. It may be deleted, or another browser's."</p>
            }
            .into_any(),
        };
        whole.into_any()
    })
}

/// What is typed or shown once outlives an answer: only what an answer changed is made anew.
#[component]
fn Whole(id: String, now: Now) -> impl IntoView {
    let is_editing = RwSignal::new(false);
    let secret = RwSignal::new(None::<String>);
    let head = move || {
        now.get()
            .map(|detail| view! { <Head detail is_editing secret/> })
    };
    let edit = {
        let id = id.clone();
        move || {
            let HookDetail { hook, kinds, .. } = now.get_untracked()?;
            let version = Signal::derive(move || {
                now.with(|now| now.as_ref().map_or(0, |now| now.hook.version))
            });
            Some(view! { <Edit id=id.clone() told=hook.told kinds version is_editing/> })
        }
    };
    let standing = move || {
        let hook = now.get()?.hook;
        Some(format!(
            "{} delivered, {} behind in the log, {} trying again",
            format::count(hook.delivered),
            format::count(hook.lag),
            format::count(hook.waiting)
        ))
    };
    let sent = Memo::new(move |_| now.get().map(|now| now.sent).unwrap_or_default());
    let given_up = Memo::new(move |_| now.get().map(|now| now.given_up).unwrap_or_default());
    let newest = Memo::new(move |_| now.with(|now| now.as_ref().map_or(0, |now| now.head)));
    let (of_sent, of_given_up) = (id.clone(), id.clone());
    view! {
        {head}
        {move || secret.get().map(|secret| view! { <div class="px-5 pt-4"><ShownOnce secret/></div> })}
        <Show when=move || is_editing.get()>
            <div class="px-5 py-4 border-b border-line">{edit()}</div>
        </Show>
        <div class="px-5 py-4 flex flex-col gap-5">
            <p class="text-xs text-muted num" role="status" data-testid="webhook-standing">{standing}</p>
            {move || view! { <GivenUpMessages id=of_given_up.clone() given_up=given_up.get()/> }}
            {move || view! { <Attempts id=of_sent.clone() sent=sent.get()/> }}
            <Replay id newest/>
        </div>
    }
    .into_any()
}

#[component]
fn Head(
    detail: HookDetail,
    is_editing: RwSignal<bool>,
    secret: RwSignal<Option<String>>,
) -> impl IntoView {
    let hook = detail.hook.clone();
    let place = Place::default().with_open(Some(&hook.id));
    let hears = match hook.told.kinds.is_empty() {
        true => "everything in this workspace".to_owned(),
        false => hook.told.kinds.join(", "),
    };
    view! {
        <div class="px-5 pt-4 pb-3 border-b border-line">
            <div class="flex flex-wrap items-center gap-2.5">
                <A href=address(&Open::Nothing) attr:class="btn btn-sm btn-ghost btn-square md:hidden" attr:aria-label="Back to the list"><Icon name="chevron-left"/></A>
                <h2 class="hf-title truncate">{hook.told.name}</h2>
                <span class=chip(&hook.status) data-testid="webhook-status">{hook.status.clone()}</span>
                <A href=place.address() attr:class="hf-chip h-5.5! font-mono" attr:title="Its history">{format!("v{}", hook.version)}</A>
            </div>
            <p class="mt-1 font-mono text-xs text-muted break-all">{hook.told.url}</p>
            <p class="mt-1 text-xs text-muted">"Hears of " {hears} ". " {hook.told.description}</p>
            <Actions detail is_editing secret/>
        </div>
    }
    .into_any()
}

/// Switching it, its secret, its history.
#[component]
fn Actions(
    detail: HookDetail,
    is_editing: RwSignal<bool>,
    secret: RwSignal<Option<String>>,
) -> impl IntoView {
    let toasts = use_toasts();
    let HookDetail { hook, secrets, .. } = detail;
    let version = hook.version;
    let id = hook.id;
    let step = |name: &'static str| {
        let id = id.clone();
        move |_| {
            let which = Which {
                id: id.clone(),
                is_shared: false,
            };
            spawn_local(async move {
                if let Err(error) = transition_state(which, name.to_owned(), version).await {
                    toasts.error(error.to_string());
                }
            });
        }
    };
    let rotated = id.clone();
    let rotate = move |_| {
        let id = rotated.clone();
        spawn_local(async move {
            match rotate_webhook_secret(id, version).await {
                Ok(new) => secret.set(Some(new)),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let retired = id.clone();
    let retire = move |_| {
        let id = retired.clone();
        spawn_local(async move {
            match retire_webhook_secrets(id, version).await {
                Ok(()) => secret.set(None),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let switch = match hook.status == "enabled" {
        true => view! { <button class="btn btn-sm" on:click=step("suspend")>"Disable"</button> }
            .into_any(),
        false => view! { <button class="btn btn-sm" on:click=step("activate")>"Enable"</button> }
            .into_any(),
    };
    view! {
        <div class="flex flex-wrap items-center gap-1.5 mt-3" role="group" aria-label="Actions">
            {switch}
            <button class="btn btn-sm" aria-expanded=move || if is_editing.get() { "true" } else { "false" } on:click=move |_| is_editing.update(|is| *is = !*is)>
                <Icon name="pencil" small=true/>"Edit"
            </button>
            <button class="btn btn-sm" on:click=rotate><Icon name="key-round" small=true/>"New secret"</button>
            {(secrets > 1).then(|| view! { <button class="btn btn-sm" on:click=retire>"Retire the old secret"</button> })}
            <button class="btn btn-sm btn-ghost text-err-text border-line-strong!" on:click=step("delete")>"Delete"</button>
        </div>
    }
    .into_any()
}

#[component]
fn Edit(
    id: String,
    told: Told,
    kinds: Vec<String>,
    /// The version that a change is made on: the one that was answered last.
    version: Signal<u64>,
    is_editing: RwSignal<bool>,
) -> impl IntoView {
    let problem = RwSignal::new(None::<AppError>);
    let save = Callback::new(move |told: Told| {
        let id = id.clone();
        spawn_local(async move {
            match change_webhook(id, told, version.get_untracked()).await {
                Ok(()) => is_editing.set(false),
                Err(error) => problem.set(Some(error)),
            }
        });
    });
    view! { <Form told kinds save problem label="Save"/> }.into_any()
}

/// A range of the log sent again.
#[component]
fn Replay(id: String, newest: Memo<u64>) -> impl IntoView {
    let toasts = use_toasts();
    let first = RwSignal::new(newest.get_untracked().to_string());
    let last = RwSignal::new(newest.get_untracked().to_string());
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let ends = (
            first.get_untracked().trim().parse(),
            last.get_untracked().trim().parse(),
        );
        let (Ok(first), Ok(last)) = ends else {
            toasts.error("Give the first and the last place in the log as numbers.");
            return;
        };
        let id = id.clone();
        spawn_local(async move {
            match replay_webhook(id, first, last).await {
                Ok(()) => toasts.say(format!(
                    "Sent again: what it hears of from {first} to {last}."
                )),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <form class="rounded-box border border-line bg-base-200 px-4 py-3 flex flex-wrap items-end gap-3" on:submit=go aria-label="Send again">
            <div class="flex-1 min-w-52">
                <div class="font-medium">"Send a range again"</div>
                <p class="text-xs text-muted mt-0.5">"Places in the log; the newest is " {newest} ". Each message keeps its id, so the receiver knows it."</p>
            </div>
            <label class="flex flex-col gap-0.5 text-xs">"From"<input class="input input-sm w-28 num" inputmode="numeric" prop:value=move || first.get() on:input=move |event| first.set(event_target_value(&event))/></label>
            <label class="flex flex-col gap-0.5 text-xs">"To"<input class="input input-sm w-28 num" inputmode="numeric" prop:value=move || last.get() on:input=move |event| last.set(event_target_value(&event))/></label>
            <button class="btn btn-sm"><Icon name="rotate-ccw" small=true/>"Replay"</button>
        </form>
    }
    .into_any()
}
