//! The table: each measure of each run, and how far it is from the reference's.

use leptos::prelude::*;
use workbench::compare::{Comparison, Difference, Metric, Request, Value, Verdict};

use super::{
    numbers::{half, interval, is_apart, middle, signed},
    runs::{mark, place_of},
};

/// The table.
#[component]
pub(super) fn Metrics(request: Memo<Request>, found: Memo<Comparison>) -> impl IntoView {
    let table = move || {
        let found = found.get();
        let reference = found.reference as usize;
        let marked = |id: &str| mark(request.with(|asked| place_of(asked, id)));
        let heads = found.runs.iter().map(|run| {
            view! { <th scope="col" class="num"><span class="inline-flex items-center gap-1.5">{marked(&run.id)}{run.name.clone()}</span></th> }
        });
        let others = found
            .runs
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != reference);
        let differences = others.map(|(_, run)| {
            view! { <th scope="col" class="num pr-4!">{format!("{}, difference (95 % CI)", run.name)}</th> }
        });
        let (heads, differences) = (heads.collect_view(), differences.collect_view());
        let rows = found.metrics.into_iter();
        let rows = rows.map(|metric| line(metric, reference)).collect_view();
        view! {
            <table class="hf-grid" aria-label="Measures">
                <thead><tr><th scope="col" class="pl-4!">"Outcome"</th>{heads}{differences}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    };
    view! {
        <div class="overflow-x-auto shrink-0" tabindex="0" role="group" aria-label="Measures, difference to the reference">{table}</div>
        <p class="px-4 py-2 text-2xs text-muted border-b border-line">"Bold: the interval leaves out 0. Better is more vision, fewer visits and injections, fewer who stop; where more is not simply better, and of trials, nothing is said. Not corrected for many tests, see Statistical."</p>
    }
    .into_any()
}

fn line(metric: Metric, reference: usize) -> AnyView {
    let decimals = metric.decimals;
    let name = match metric.unit.as_str() {
        "" => metric.name.clone(),
        unit => [&metric.name, ", ", unit].concat(),
    };
    let value = |value: &Value| {
        view! { <td class="num whitespace-nowrap" title=format!("n = {}", value.n)>{middle(value, decimals)}" "<span class="text-faint">{half(value, decimals)}</span></td> }
    };
    let values = metric.values.iter().map(value).collect_view();
    let differences = metric.differences.iter().enumerate();
    let differences = differences
        .filter(|(at, _)| *at != reference)
        .map(|(_, far)| difference(far.as_ref(), decimals))
        .collect_view();
    view! { <tr><th scope="row" class="pl-4! font-medium text-left whitespace-nowrap">{name}</th>{values}{differences}</tr> }
        .into_any()
}

fn difference(far: Option<&Difference>, decimals: u8) -> AnyView {
    let Some(far) = far else {
        return view! { <td class="num pr-4!">"–"</td> }.into_any();
    };
    let class = if is_apart(far) {
        "font-semibold"
    } else {
        "text-muted"
    };
    let word = match far.verdict {
        Verdict::Better => Some(("hf-chip hf-chip-ok ml-1.5", "better")),
        Verdict::Worse => Some(("hf-chip hf-chip-warn ml-1.5", "worse")),
        Verdict::Neither => None,
    };
    let word = word.map(|(class, word)| view! { <span class=class>{word}</span> });
    let range = interval(far.low, far.high, decimals);
    view! { <td class="num pr-4! whitespace-nowrap"><span class=class>{signed(far.value, decimals)}</span>" "<span class="text-faint">"("{range}")"</span>{word}</td> }
        .into_any()
}
