//! How runs are compared: mode, time, measure, population. Each choice is an address.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use workbench::compare::{Comparison, Mode, Request};

use super::place::{self, CENTRES, MEASURES, MODES, POPULATIONS, TIMES, named};
use crate::components::live::Live;

/// Another view of the same page: the way back leads off the page.
pub(super) fn in_place() -> NavigateOptions {
    NavigateOptions {
        replace: true,
        scroll: false,
        ..NavigateOptions::default()
    }
}

/// The bar.
#[component]
pub(super) fn Modes(request: Memo<Request>, answer: Live<Comparison>) -> impl IntoView {
    let is_over_time = move || request.with(|asked| asked.mode != Mode::Statistical);
    // A difference is one of means.
    let is_line = move || is_over_time() && request.with(|asked| asked.mode != Mode::Difference);
    view! {
        <div class="shrink-0 flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2 border-b border-line">
            <Segments label="Mode" known=MODES request change=|asked, mode| asked.mode = mode read=|asked| asked.mode/>
            <Show when=is_over_time>
                <Segments label="Time" known=TIMES request change=|asked, time| asked.time = time read=|asked| asked.time/>
                <Menu label="Measure" known=MEASURES request change=|asked, measure| asked.measures = vec![measure] read=place::measure/>
            </Show>
            <Show when=is_line>
                <Menu label="Line" known=CENTRES request change=|asked, centre| asked.centre = centre read=|asked| asked.centre/>
            </Show>
            <span class="flex-1"></span>
            <Menu label="Population" known=POPULATIONS request change=|asked, population| asked.population = population read=|asked| asked.population/>
            <Cut request answer/>
        </div>
    }
    .into_any()
}

type Known<T> = &'static [(T, &'static str, &'static str)];

#[component]
fn Segments<T>(
    label: &'static str,
    known: Known<T>,
    request: Memo<Request>,
    change: fn(&mut Request, T),
    read: fn(&Request) -> T,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let links = known.iter().map(|(value, _, name)| {
        let href = move || {
            let mut asked = request.get();
            change(&mut asked, *value);
            place::of(&asked)
        };
        let current = move || request.with(|asked| (read(asked) == *value).then_some("page"));
        view! { <a href=href aria-current=current>{*name}</a> }
    });
    view! { <nav class="hf-seg flex-wrap" aria-label=label>{links.collect_view()}</nav> }.into_any()
}

#[component]
fn Menu<T>(
    label: &'static str,
    known: Known<T>,
    request: Memo<Request>,
    change: fn(&mut Request, T),
    read: fn(&Request) -> T,
) -> impl IntoView
where
    T: Copy + Default + PartialEq + Send + Sync + 'static,
{
    let navigate = use_navigate();
    let choose = move |event| {
        let mut asked = request.get_untracked();
        change(&mut asked, named(known, &event_target_value(&event)));
        navigate(&place::of(&asked), in_place());
    };
    let options = known.iter().map(|(value, word, name)| {
        let is_chosen = move || request.with(|asked| read(asked) == *value);
        view! { <option value=*word selected=is_chosen>{*name}</option> }
    });
    view! {
        <span class="flex items-center gap-2">
            <span class="text-xs text-muted" aria-hidden="true">{label}</span>
            <select class="select select-sm w-auto" aria-label=label on:change=choose>{options.collect_view()}</select>
        </span>
    }
    .into_any()
}

/// Takes a cut away again.
#[component]
fn Cut(request: Memo<Request>, answer: Live<Comparison>) -> impl IntoView {
    let whole = move || {
        let mut asked = request.get();
        asked.until_month = None;
        place::of(&asked)
    };
    let month = Memo::new(move |_| request.with(|asked| asked.until_month));
    // Only once there is something that is cut.
    let is_shown = move || month.get().filter(|_| answer.good.with(Option::is_some));
    view! {
        {move || is_shown().map(|month| view! {
            <span class="hf-chip hf-chip-on">{format!("until month {month}")}<a href=whole class="underline min-h-6 inline-flex items-center">"whole runs"</a></span>
        })}
    }
    .into_any()
}
