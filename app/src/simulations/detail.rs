//! One run: what it was made of, what came out, its name, tags and notes.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::components::A;
use workbench::simulation::{Amendment, RunStatus};

use super::{
    new::words,
    outcomes::Outcomes,
    rows::duration,
    server::{Opened, amend_run, get_run},
};
use crate::{
    components::{format, icon::Icon, live::Live, toasts::use_toasts},
    sharing::{Owner, Share, Thing, use_shares},
    stores::use_revision,
};

/// The open run.
#[component]
pub(super) fn Detail(id: String) -> impl IntoView {
    let revision = use_revision();
    let shares = use_shares();
    let key = Memo::new(move |_| (id.clone(), revision.get(), shares.count()));
    let run = Live::new(key, |(id, ..)| get_run(id)).forgetting();
    view! {
        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100 overflow-auto" aria-label="Run">
            {run.show(move || view! { {move || run.good.get().map(|run| view! { <Whole run/> })} }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Whole(run: Opened) -> impl IntoView {
    let row = &run.row;
    let is_completed = row.status == RunStatus::Completed;
    let state = match row.status {
        RunStatus::Completed => ("hf-chip hf-chip-ok", "completed".to_owned()),
        RunStatus::Pending => ("hf-chip hf-chip-warn", "going".to_owned()),
        RunStatus::Failed => (
            "hf-chip hf-chip-err",
            format!(
                "failed: {}",
                row.reason.as_deref().unwrap_or("no reason was given")
            ),
        ),
    };
    view! {
        <div class="hf-bar flex-wrap h-auto! min-h-11 py-1.5">
            <A href="/simulations" attr:class="btn btn-sm btn-ghost btn-square" attr:aria-label="Back to all runs"><Icon name="chevron-left"/></A>
            <h1 class="hf-title truncate">{row.name.clone()}</h1>
            <span class=state.0 data-testid="run-status">{state.1}</span>
            <span class="font-mono text-2xs text-faint">{row.id.clone()}</span>
            <span class="flex-1"></span>
            {run.shared.is_none().then(|| view! { <Share thing=Thing::Run(row.id.clone()) title=row.name.clone()/> })}
        </div>
        <div class="p-5 grid lg:grid-cols-2 gap-6 max-w-6xl">
            <Facts run=run.clone()/>
            {match run.shared.clone() {
                Some(mark) => view! { <Owner mark name=row.name.clone()/> }.into_any(),
                None => view! { <Words run=run.clone()/> }.into_any(),
            }}
            {is_completed.then(|| view! { <Outcomes id=run.row.id.clone()/> })}
            <details class="lg:col-span-2">
                <summary class="font-semibold cursor-pointer">"The protocol, as it was"</summary>
                <div class="hf-card mt-2 overflow-x-auto" tabindex="0" role="region" aria-label="Protocol"><pre class="hf-code p-3">{run.protocol_text}</pre></div>
            </details>
        </div>
    }
    .into_any()
}

#[component]
fn Facts(run: Opened) -> impl IntoView {
    let row = run.row;
    let of_result = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), format::count);
    let came = match run.patients.filter(|came| *came != row.patients) {
        Some(came) => format!(
            "{} came, {} on average",
            format::count(came.into()),
            format::count(row.patients.into())
        ),
        None => format::count(row.patients.into()),
    };
    view! {
        <section aria-label="Facts">
            <h2 class="font-semibold mb-2">"What it is"</h2>
            <dl class="hf-kv">
                <dt>"Protocol"</dt><dd>{format!("{}, version {}", row.protocol, row.protocol_version)}</dd>
                <dt>"Scheduling"</dt><dd>{run.model.replace('_', " ")}</dd>
                <dt>"Patients"</dt><dd>{came}</dd>
                <dt>"Years"</dt><dd>{format::number(row.years, 2)}</dd>
                <dt>"Follow-up"</dt><dd>{run.recruitment.follow_up()}</dd>
                <dt>"First day"</dt><dd>{run.start_date}</dd>
                <dt>"Seed"</dt><dd>{run.seed.to_string()}</dd>
                <dt>"Visits"</dt><dd>{of_result(row.visits)}</dd>
                <dt>"Size"</dt><dd>{row.bytes.map_or_else(|| "–".to_owned(), format::bytes)}</dd>
                <dt>"Took"</dt><dd>{row.runtime_ms.map_or_else(|| "–".to_owned(), duration)}</dd>
                <dt>"Ordered"</dt><dd>{run.created_at}" UTC"</dd>
                <dt>"Engine"</dt><dd>{run.engine}</dd>
                <dt>"Protocol's SHA-256"</dt><dd class="truncate font-mono text-2xs" title=run.protocol_checksum.clone()>{run.protocol_checksum.clone()}</dd>
                {run.result_checksum.map(|sum| view! { <dt>"Result's SHA-256"</dt><dd class="truncate font-mono text-2xs" title=sum.clone() data-testid="result-checksum">{sum.clone()}</dd> })}
            </dl>
        </section>
    }
    .into_any()
}

/// Name, tags and notes: what people say of a run, never what happened.
#[component]
fn Words(run: Opened) -> impl IntoView {
    let toasts = use_toasts();
    let row = run.row;
    let name = RwSignal::new(row.name);
    let tags = RwSignal::new(row.tags.join(", "));
    let notes = RwSignal::new(run.notes);
    let id = StoredValue::new(row.id);
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let amendment = Amendment {
            name: name.get_untracked().trim().to_owned(),
            tags: words(&tags.get_untracked()),
            notes: notes.get_untracked(),
            is_pinned: row.is_pinned,
        };
        spawn_local(async move {
            match amend_run(id.get_value(), row.version, amendment).await {
                Ok(()) => toasts.say("Saved. The version before is in the history."),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <form aria-label="Name, tags and notes" class="flex flex-col gap-3" on:submit=save>
            <h2 class="font-semibold">"What you say of it"</h2>
            <label class="block"><span class="block text-xs font-medium mb-1">"Name"</span>
                <input class="input input-sm w-full" maxlength="120" required value=name.get_untracked() on:input=move |event| name.set(event_target_value(&event))/></label>
            <label class="block"><span class="block text-xs font-medium mb-1">"Tags, with commas between"</span>
                <input class="input input-sm w-full" value=tags.get_untracked() on:input=move |event| tags.set(event_target_value(&event))/></label>
            <label class="block"><span class="block text-xs font-medium mb-1">"Notes"</span>
                <textarea class="textarea textarea-sm w-full h-24" on:input=move |event| notes.set(event_target_value(&event))>{notes.get_untracked()}</textarea></label>
            <p><button class="btn btn-sm btn-primary">"Save"</button></p>
        </form>
    }
    .into_any()
}
