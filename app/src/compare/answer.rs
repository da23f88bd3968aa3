//! What came of a comparison: what does not match, the charts or the tests, the table, the rules.

use leptos::prelude::*;
use workbench::compare::{Comparison, Mode, Request};

use super::{figures, forest, metrics::Metrics, place, statistics::Tests};
use crate::components::{
    figure::{Figure, FigureView},
    icon::Icon,
    live::Live,
};

/// Everything under the bars.
#[component]
pub(super) fn Answer(request: Memo<Request>, answer: Live<Comparison>) -> impl IntoView {
    let found = Memo::new(move |_| answer.good.get().unwrap_or_default());
    let has_runs = Memo::new(move |_| found.with(|found| !found.runs.is_empty()));
    // An answer is drawn as what it is, not as what is asked meanwhile.
    let asked = Memo::new(move |_| found.with(|found| found.asked.clone().unwrap_or_default()));
    let is_tested = Memo::new(move |_| found.with(|found| found.curves.is_empty()));
    view! {
        <Notes request found/>
        <Show when=move || has_runs.get()>
            <Show when=move || is_tested.get() fallback=move || view! { <Chart request=asked found/> }>
                <div class="flex flex-col lg:flex-row border-b border-line">
                    <Tests request=asked found/>
                    <Forest request=asked found/>
                </div>
            </Show>
            <Metrics request=asked found/>
            <Rules found/>
        </Show>
    }
    .into_any()
}

/// What is missing or does not match, with the one thing that can be done about it.
#[component]
fn Notes(request: Memo<Request>, found: Memo<Comparison>) -> impl IntoView {
    let strip = move || {
        let found = found.get();
        if found.notes.is_empty() {
            return ().into_any();
        }
        let cut = found.common_month.map(|month| {
            let mut asked = request.get();
            asked.until_month = Some(month);
            let text = format!("Cut all at month {month}");
            view! { <a class="text-primary font-medium whitespace-nowrap min-h-6 inline-flex items-center" href=place::of(&asked)>{text}</a> }
        });
        let notes = found
            .notes
            .into_iter()
            .map(|note| view! { <li>{note.text}</li> });
        view! {
            <div class="shrink-0 flex items-start gap-2 px-4 py-2 border-b border-line bg-chg text-xs">
                <span class="text-warn-text mt-0.5"><Icon name="triangle-alert" small=true/></span>
                <ul class="flex-1 flex flex-col gap-1" aria-label="What does not match">{notes.collect_view()}</ul>
                {cut}
            </div>
        }
        .into_any()
    };
    view! { <div role="status">{strip}</div> }.into_any()
}

/// The lines, panels or differences.
#[component]
fn Chart(request: Memo<Request>, found: Memo<Comparison>) -> impl IntoView {
    let figure: Signal<Figure> = Signal::derive(move || {
        found.with(|found| request.with(|asked| figures::over_time(found, asked)))
    });
    view! { <div class="min-h-80 px-4 py-3 border-b border-line" data-testid="compare-chart"><FigureView figure/></div> }.into_any()
}

/// Differences with their intervals, one chart for each unit.
#[component]
fn Forest(request: Memo<Request>, found: Memo<Comparison>) -> impl IntoView {
    let of = move |is_vision: bool| {
        Signal::derive(move || {
            found.with(|found| request.with(|asked| forest::forest(found, asked, is_vision)))
        })
    };
    view! {
        <aside class="lg:w-xl shrink-0 lg:border-l border-line px-4 py-3 flex flex-col gap-4" aria-label="Forest plot">
            <div class="min-h-64"><FigureView figure=of(true)/></div>
            <div class="min-h-48"><FigureView figure=of(false)/></div>
        </aside>
    }
    .into_any()
}

/// How everything is meant.
#[component]
fn Rules(found: Memo<Comparison>) -> impl IntoView {
    let rules = move || {
        let rules = found.with(|found| found.rules.clone());
        rules
            .into_iter()
            .map(|rule| view! { <li>{rule}</li> })
            .collect_view()
    };
    view! { <ul class="px-4 py-3 text-2xs text-muted flex flex-col gap-1 max-w-[90ch]" aria-label="How this is counted">{rules}</ul> }.into_any()
}

/// Whether differences are drawn; lines where there are none.
pub(super) fn is_difference(found: &Comparison, asked: &Request) -> bool {
    asked.mode == Mode::Difference && found.curves.iter().any(|curves| !curves.gaps.is_empty())
}
