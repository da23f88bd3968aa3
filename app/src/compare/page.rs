//! The route: `/compare`, with everything else behind the `?`. Without that, what was compared last.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_location, lazy_route};
use workbench::compare::{Comparison, NoteKind, RUNS, Request};

use super::{
    answer::Answer, chooser::Chooser, modes::Modes, place, runs::Runs, server::compare_runs,
};
use crate::{
    components::{alive::mark_alive, live::Live},
    stores::{table::COMPARED, use_revision, use_server_store},
};

/// The route.
pub(crate) struct ComparePage;

#[lazy_route]
impl LazyRoute for ComparePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Page/> }.into_any()
    }
}

#[component]
fn Page() -> impl IntoView {
    mark_alive();
    let query = use_location().query;
    let kept = use_server_store(COMPARED);
    let request = Memo::new(move |_| query.with(place::asked).unwrap_or_else(|| kept.get()));
    Effect::new(move |_| {
        if let Some(asked) = query.with(place::asked) {
            kept.set(asked);
        }
    });
    // A run that is not over yet comes in when it is.
    let is_waiting = RwSignal::new(false);
    let revision = use_revision();
    let key = Memo::new(move |_| {
        let request = request.get();
        let asked = RUNS.contains(&request.ids.len()).then_some(request);
        (asked, is_waiting.get().then(|| revision.get()))
    });
    let answer = Live::new(key, |(request, _)| async move {
        match request {
            Some(request) => {
                let found = compare_runs(request.clone()).await;
                found.map(|found| Comparison {
                    asked: Some(request),
                    ..found
                })
            }
            None => Ok(Comparison::default()),
        }
    });
    Effect::new(move |_| {
        let notes = |kind| {
            answer.good.with(|answer| {
                let notes = answer.as_ref().map(|answer| &answer.notes);
                notes.is_some_and(|notes| notes.iter().any(|note| note.kind == kind))
            })
        };
        is_waiting.set(notes(NoteKind::Unfinished));
    });
    let is_choosing = RwSignal::new(false);
    let is_enough = Memo::new(move |_| request.with(|asked| RUNS.contains(&asked.ids.len())));
    view! {
        <Title text="Compare"/>
        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100 overflow-auto" aria-label="Compare">
            <h1 class="sr-only">"Compare"</h1>
            <Runs request answer is_choosing/>
            <Show when=move || is_choosing.get()><Chooser request is_choosing/></Show>
            <Show when=move || is_enough.get() fallback=move || view! { <Empty request is_choosing/> }>
                <Modes request answer/>
                {answer.show(move || view! { <Answer request answer/> }.into_any())}
            </Show>
        </section>
    }
    .into_any()
}

/// What to do when there is nothing to compare.
#[component]
fn Empty(request: Memo<Request>, is_choosing: RwSignal<bool>) -> impl IntoView {
    let text = move || match request.with(|asked| asked.ids.len()) {
        0 => {
            "Nothing is compared yet. Choose two to twenty completed runs: their outcomes are laid over one another, side by side, as differences, and tested."
        }
        1 => "One run is chosen. Choose at least one more to compare it with.",
        _ => "More than twenty runs are chosen. Take some away, and the others are compared.",
    };
    view! {
        <div class="m-auto max-w-md p-6 text-center text-muted">
            <p>{text}</p>
            <Show when=move || !is_choosing.get()>
                <p class="mt-3"><button class="btn btn-sm btn-primary" on:click=move |_| is_choosing.set(true)>"Choose runs"</button></p>
            </Show>
            <p class="mt-3"><a class="link" href="/simulations">"Go to Simulations"</a></p>
        </div>
    }
    .into_any()
}
