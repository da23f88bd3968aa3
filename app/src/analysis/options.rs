//! What a view can be asked: steps of time, counts or shares, how many patients and by which seed.

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use workbench::analysis::Step;

use super::{
    Place, View,
    place::{MOST, STEPS},
};

/// The options of the current view; nothing where it has none.
#[component]
pub(super) fn Options(id: Memo<String>, place: Memo<Place>) -> impl IntoView {
    let view = Memo::new(move |_| place.get().view);
    move || match view.get() {
        View::Flow => view! { <div class=BAR><Steps id place/><Shares id place/></div> }.into_any(),
        View::Stopping => view! { <div class=BAR><Shares id place/></div> }.into_any(),
        View::Trajectories => view! { <Drawing id place/> }.into_any(),
        _ => ().into_any(),
    }
}

const BAR: &str =
    "shrink-0 flex flex-wrap items-center gap-3 px-4 py-2 border-b border-line bg-base-100";

#[component]
fn Steps(id: Memo<String>, place: Memo<Place>) -> impl IntoView {
    let link = move |(by, _, name): (Step, &'static str, &'static str)| {
        let href = move || Place { by, ..place.get() }.address(&id.get());
        let is_current = move || (place.get().by == by).then_some("page");
        view! { <a href=href data-noscroll="" aria-current=is_current>{name}</a> }
    };
    view! { <nav class="hf-seg" aria-label="Step of time">{STEPS.map(link).collect_view()}</nav> }
        .into_any()
}

#[component]
fn Shares(id: Memo<String>, place: Memo<Place>) -> impl IntoView {
    let link = move |(is_share, name): (bool, &'static str)| {
        let href = move || {
            Place {
                is_share,
                ..place.get()
            }
            .address(&id.get())
        };
        let is_current = move || (place.get().is_share == is_share).then_some("page");
        view! { <a href=href data-noscroll="" aria-current=is_current>{name}</a> }
    };
    let choices = [(false, "Patients"), (true, "Percent")];
    view! { <nav class="hf-seg" aria-label="Counts or shares">{choices.map(link).collect_view()}</nav> }
        .into_any()
}

/// How many patients are drawn, and by which seed. Without JavaScript it is a form that the address answers.
#[component]
fn Drawing(id: Memo<String>, place: Memo<Place>) -> impl IntoView {
    let navigate = use_navigate();
    let now = place.get_untracked();
    let count = RwSignal::new(now.count.to_string());
    let seed = RwSignal::new(now.seed.to_string());
    let draw = move |event: SubmitEvent| {
        event.prevent_default();
        let now = place.get_untracked();
        let wanted = count.get_untracked().trim().parse().unwrap_or(now.count);
        let next = Place {
            count: wanted.clamp(1, MOST),
            seed: seed.get_untracked().trim().parse().unwrap_or(now.seed),
            ..now
        };
        count.set(next.count.to_string());
        seed.set(next.seed.to_string());
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&next.address(&id.get_untracked()), options);
    };
    view! {
        <form method="get" class=BAR aria-label="Patients to draw" on:submit=draw>
            <input type="hidden" name="view" value="trajectories"/>
            <label class="flex items-center gap-2 text-xs">"Patients"
                <input class="input input-sm w-20" type="number" name="count" min="1" max=MOST.to_string() value=now.count.to_string() prop:value=count on:input=move |event| count.set(event_target_value(&event))/></label>
            <label class="flex items-center gap-2 text-xs">"Seed"
                <input class="input input-sm w-28" inputmode="numeric" name="seed" value=now.seed.to_string() prop:value=seed on:input=move |event| seed.set(event_target_value(&event))/></label>
            <button class="btn btn-sm">"Draw"</button>
        </form>
    }
    .into_any()
}
