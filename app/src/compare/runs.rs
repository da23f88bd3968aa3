//! Who is compared: each run with its colour, which of them is the reference, and ways to take one away.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use workbench::compare::{Comparison, Request, Shown};

use super::{export::Export, modes::in_place, place};
use crate::components::{format, icon::Icon, live::Live};

/// The marks that go with the colours: each path is around 0.
const MARKS: [&str; 6] = [
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    "M0 -5l5 5-5 5-5-5z",
    "M0 -4.6l4.8 8.6h-9.6z",
    "M-4 -4h8v8h-8z",
    "M0 5c-3-4-4-5-4-7a4 4 0 0 1 8 0c0 2-1 3-4 7z",
    "M-4 -2.5l1.5-1.5 2.5 2.5 2.5-2.5 1.5 1.5-2.5 2.5 2.5 2.5-1.5 1.5-2.5-2.5-2.5 2.5-1.5-1.5 2.5-2.5z",
];

/// The colour and mark of a run by its place in the question. It is decoration: its name stands beside it.
pub(super) fn mark(place: usize) -> AnyView {
    let place = place.min(5);
    let style = format!("color:var(--hf-c{})", place + 1);
    view! {
        <svg viewBox="-6 -6 12 12" class="size-3 shrink-0" style=style fill="currentColor" aria-hidden="true"><path d=MARKS[place]></path></svg>
    }
    .into_any()
}

/// Where a shown run stands in the question.
pub(super) fn place_of(request: &Request, id: &str) -> usize {
    request
        .ids
        .iter()
        .position(|known| known == id)
        .unwrap_or_default()
}

/// The bar.
#[component]
pub(super) fn Runs(
    request: Memo<Request>,
    answer: Live<Comparison>,
    is_choosing: RwSignal<bool>,
) -> impl IntoView {
    let chips = move || {
        let asked = request.get();
        let shown = answer.good.with(|answer| {
            let answer = answer.as_ref();
            answer.map_or_else(Vec::new, |answer| answer.runs.clone())
        });
        let reference = asked
            .reference
            .clone()
            .filter(|id| shown.iter().any(|run| run.id == *id))
            .or_else(|| shown.first().map(|run| run.id.clone()));
        let chip = |(at, id): (usize, &String)| {
            let run = shown.iter().find(|run| run.id == *id).cloned();
            let is_reference = reference.as_ref() == Some(id);
            view! { <Chip request at id=id.clone() run is_reference/> }
        };
        asked.ids.iter().enumerate().map(chip).collect_view()
    };
    view! {
        <div class="shrink-0 flex flex-wrap items-center gap-2 px-4 py-2 border-b border-line">
            <ul class="contents" aria-label="Runs that are compared">{chips}</ul>
            <button class="btn btn-sm btn-ghost text-primary" aria-expanded=move || is_choosing.get().to_string() on:click=move |_| is_choosing.update(|is| *is = !*is)>
                <Icon name="plus" small=true/>"Add run"
            </button>
            <span class="flex-1"></span>
            <Export request answer/>
        </div>
    }
    .into_any()
}

#[component]
fn Chip(
    request: Memo<Request>,
    at: usize,
    id: String,
    run: Option<Shown>,
    is_reference: bool,
) -> impl IntoView {
    let navigate = use_navigate();
    let without = {
        let id = id.clone();
        move |_| {
            let mut asked = request.get_untracked();
            asked.ids.retain(|known| *known != id);
            asked.reference = asked.reference.filter(|reference| *reference != id);
            navigate(&place::of(&asked), in_place());
        }
    };
    let name = run
        .as_ref()
        .map_or_else(|| id.clone(), |run| run.name.clone());
    let about = match &run {
        Some(run) => format!(
            "{} × {} y",
            format::count(run.patients),
            format::number(run.duration_years, 2)
        ),
        None => "not shown".to_owned(),
    };
    let is_shown = run.is_some();
    let as_reference = move || {
        let mut asked = request.get();
        asked.reference = Some(id.clone());
        place::of(&asked)
    };
    let reference = match (is_reference, is_shown) {
        (true, _) => view! { <span class="hf-chip hf-chip-on">"reference"</span> }.into_any(),
        (false, true) => {
            let label = format!("Compare with {name}");
            view! { <a class="text-2xs text-primary min-h-6 inline-flex items-center" href=as_reference aria-label=label title="Make it the reference">"as reference"</a> }.into_any()
        }
        (false, false) => ().into_any(),
    };
    view! {
        <li class="inline-flex items-center gap-2 h-8 pl-2.5 pr-1 rounded-field border border-line max-w-full">
            {mark(at)}
            <span class="font-medium truncate max-w-48">{name.clone()}</span>
            <span class="text-2xs text-muted num whitespace-nowrap">{about}</span>
            {reference}
            <button class="size-6 grid place-items-center text-faint cursor-pointer" aria-label=format!("Take {name} away") on:click=without><Icon name="x" small=true/></button>
        </li>
    }
    .into_any()
}
