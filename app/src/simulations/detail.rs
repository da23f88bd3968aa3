//! One run: what it was made of, what came of it in figures and charts, its name, tags and notes.

use leptos::{prelude::*, task::spawn_local};
use workbench::simulation::RunStatus;

use super::{
    about::About,
    head::Head,
    outcomes::Outcomes,
    server::{Opened, cancel_run, get_run},
    words::Words,
};
use crate::{
    analysis::{Charts, Tabs, Trail, View, use_place},
    components::{live::Live, toasts::use_toasts},
    sharing::{Owner, use_shares},
    stores::use_revision,
};

/// The open run.
#[component]
pub(super) fn Detail(id: String) -> impl IntoView {
    let revision = use_revision();
    let id = Memo::new(move |_| id.clone());
    let shares = use_shares();
    let key = Memo::new(move |_| (id.get(), revision.get(), shares.count()));
    // What is shared no longer is not shown as it was.
    let run = Live::new(key, |(id, ..)| get_run(id)).forgetting();
    view! {
        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100 max-lg:overflow-auto" aria-label="Run">
            {run.show(move || view! { <Whole id run=run.good/> }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Whole(id: Memo<String>, run: RwSignal<Option<Opened>>) -> impl IntoView {
    let place = use_place(id);
    let status = Memo::new(move |_| run.with(|run| run.as_ref().map(|run| run.row.status)));
    let is_completed = Memo::new(move |_| status.get() == Some(RunStatus::Completed));
    // A run without results has no charts, whatever the address says.
    let view = Memo::new(move |_| match place.get().view {
        view if view.has_charts() && !is_completed.get() => View::About,
        view => view,
    });
    // The charts stay while others of them are looked at.
    let part = Memo::new(move |_| match view.get() {
        view if view.has_charts() => View::Overview,
        view => view,
    });
    let main = move || match part.get() {
        View::History => view! { <Trail id/> }.into_any(),
        View::About => view! { {move || run.get().map(|run| view! { <About run/> })} }.into_any(),
        _ => view! { <Charts id place/> }.into_any(),
    };
    view! {
        {move || run.get().map(|run| view! { <Head run/> })}
        {move || run.get().map(|run| view! { <Unfinished run/> })}
        <Tabs id place is_completed/>
        <div class="flex-1 min-h-0 flex max-lg:flex-none max-lg:flex-col">
            <aside class="hf-rail w-72 shrink-0 max-lg:w-full max-lg:order-last max-lg:border-r-0 max-lg:border-t max-lg:overflow-visible" aria-label="Outcomes and notes">
                {move || run.with(|run| run.as_ref().map(|run| run.remarks.clone())).filter(|it| !it.is_empty()).map(|remarks| view! { <Remarks remarks/> })}
                {move || is_completed.get().then(|| view! { <Outcomes id=id.get()/> })}
                {move || run.get().map(|run| match run.shared.clone() {
                    Some(mark) => view! { <Owner mark name=run.row.name/> }.into_any(),
                    None => view! { <Words run/> }.into_any(),
                })}
            </aside>
            <div class="flex-1 min-w-0 min-h-0 flex flex-col overflow-auto max-lg:flex-none max-lg:overflow-visible">{main}</div>
        </div>
    }
    .into_any()
}

/// Where it came from, and what is not known of it.
#[component]
fn Remarks(remarks: Vec<String>) -> impl IntoView {
    let line = |text: String| view! { <li>{text}</li> };
    view! {
        <section class="px-4 py-3 border-b border-line" aria-label="Where it came from">
            <h2 class="font-medium">"Where it came from"</h2>
            <ul class="mt-1 text-xs text-muted list-disc pl-4">{remarks.into_iter().map(line).collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// Why there are no results, and what can be done about it.
#[component]
fn Unfinished(run: Opened) -> impl IntoView {
    let toasts = use_toasts();
    let row = run.row;
    let id = StoredValue::new(row.id);
    let cancel = move |_| {
        spawn_local(async move {
            if let Err(error) = cancel_run(id.get_value()).await {
                toasts.error(error.to_string());
            }
        });
    };
    match row.status {
        RunStatus::Completed => ().into_any(),
        RunStatus::Pending => view! {
            <div class="shrink-0 flex flex-wrap items-center gap-3 px-4 py-2 border-b border-line bg-softer" role="status">
                <p class="flex-1 min-w-48">"It is being simulated, or waits for its turn. Its charts come by themselves when it is done."</p>
                <button class="btn btn-xs" on:click=cancel>"Cancel"</button>
            </div>
        }
        .into_any(),
        RunStatus::Failed => {
            let reason = row.reason.unwrap_or_else(|| "no reason was given".into());
            view! {
                <div class="shrink-0 flex flex-wrap items-center gap-3 px-4 py-2 border-b border-line bg-del" role="status">
                    <p class="flex-1 min-w-48">"There are no results: "{reason}". What it was made of is below; order it again with the same seed."</p>
                    <a class="btn btn-xs" href="/simulations">"To all runs"</a>
                </div>
            }
            .into_any()
        }
    }
}
