//! Runs that are not over, with how far each is.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::server::{Going as Run, Page, cancel_run, runs_going};
use crate::components::{format, live::Live, ticks::use_ticks, toasts::use_toasts};

/// Progress is no change of a state, so no live event tells of it: it is asked for this often while there is any.
const ASK_EVERY: Duration = Duration::from_millis(400);

/// The band above the list; nothing while no run is going.
#[component]
pub(super) fn Going(page: Live<Page>) -> impl IntoView {
    let of_page = move || {
        let going = |page: &Option<Page>| page.as_ref().map(|page| page.going.clone());
        page.good.with(going).unwrap_or_default()
    };
    let runs = RwSignal::new(untrack(of_page));
    Effect::new(move |_| runs.set(of_page()));
    let ticks = use_ticks(ASK_EVERY);
    let is_asking = StoredValue::new(false);
    Effect::new(move |_| {
        ticks.track();
        if is_asking.get_value() || runs.with_untracked(Vec::is_empty) {
            return;
        }
        is_asking.set_value(true);
        spawn_local(async move {
            let answer = runs_going().await;
            is_asking.try_set_value(false);
            // What cannot be asked now is asked again in a moment.
            if let Ok(going) = answer {
                runs.try_set(going);
            }
        });
    });
    view! {
        <ul aria-label="Runs that are going" class=("hidden", move || runs.with(Vec::is_empty))>
            <For each=move || runs.get() key=|run| run.id.clone() let:run><Line id=run.id runs/></For>
        </ul>
    }
    .into_any()
}

#[component]
fn Line(id: String, runs: RwSignal<Vec<Run>>) -> impl IntoView {
    let toasts = use_toasts();
    let wanted = id.clone();
    let run =
        Memo::new(move |_| runs.with(|runs| runs.iter().find(|run| run.id == wanted).cloned()));
    let part =
        move |of: fn(&Run) -> String| run.with(|run| run.as_ref().map(of).unwrap_or_default());
    let told = move || {
        part(|run| match run.done {
            Some(0) => "waits for its turn".to_owned(),
            Some(done) => format!(
                "{} of {} patients",
                format::count(done.into()),
                format::count(run.total.into())
            ),
            None => "not at this server".to_owned(),
        })
    };
    let done = move || run.with(|run| run.as_ref().and_then(|run| run.done));
    let total = move || run.with(|run| run.as_ref().map_or(1, |run| run.total));
    let cancel = move |_| {
        let id = id.clone();
        spawn_local(async move {
            if let Err(error) = cancel_run(id).await {
                toasts.error(error.to_string());
            }
        });
    };
    view! {
        <li class="px-4 py-3 border-b border-line bg-softer">
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span class="font-medium">{move || part(|run| run.name.clone())}</span>
                <span class="text-xs text-muted">{move || part(|run| run.about.clone())}</span>
                <span class="flex-1"></span>
                <span class="text-xs num text-muted">{told}</span>
                <button class="btn btn-xs" aria-label=move || part(|run| format!("Cancel {}", run.name)) on:click=cancel>"Cancel"</button>
            </div>
            <progress class="progress progress-primary h-1.5 block mt-2 w-full" value=move || done().unwrap_or(0) max=total aria-label=move || part(|run| format!("Progress of {}", run.name))></progress>
        </li>
    }
    .into_any()
}
