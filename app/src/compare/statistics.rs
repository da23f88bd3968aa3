//! Tests of each run against the reference, each with its sentence.

use leptos::prelude::*;
use workbench::compare::{Comparison, Pair, Request, Shown, Test, TestKind};

use super::{
    numbers::{fixed, interval, p, signed},
    runs::{mark, place_of},
};
use crate::components::format;

/// How an outcome is called, and its unit.
type Named = (String, &'static str);

/// The tests, run by run.
#[component]
pub(super) fn Tests(request: Memo<Request>, found: Memo<Comparison>) -> impl IntoView {
    let runs = move || {
        let found = found.get();
        let reference = found.runs.get(found.reference as usize);
        let reference = reference.map(|run| run.name.clone()).unwrap_or_default();
        let count = found.pairs.iter().flat_map(|pair| &pair.tests);
        let count = count.filter(|test| test.p.is_some()).count() as u64;
        let block = |(at, run): (usize, &Shown)| {
            let pairs = found.pairs.iter().filter(|pair| pair.run as usize == at);
            let named = |pair: &Pair| (found.outcome(pair.outcome), pair.clone());
            let pairs: Vec<(Named, Pair)> = pairs.map(named).collect();
            if pairs.is_empty() {
                return ().into_any();
            }
            let place = request.with(|asked| place_of(asked, &run.id));
            view! { <Against run=run.clone() place pairs/> }.into_any()
        };
        let blocks = found.runs.iter().enumerate().map(block).collect_view();
        view! {
            <h2 class="px-4 pt-3 pb-2 font-semibold">{format!("Against {reference}")}</h2>
            {blocks}
            <p class="px-4 py-2 text-2xs text-muted">{format!("{}, corrected together by Holm.", format::plural(count, "p value", "p values"))}</p>
        }
    };
    view! { <section class="flex-1 min-w-0" aria-label="Tests">{runs}</section> }.into_any()
}

#[component]
fn Against(run: Shown, place: usize, pairs: Vec<(Named, Pair)>) -> impl IntoView {
    let words = pairs
        .iter()
        .map(|(_, pair)| view! { <li>{pair.words.clone()}</li> });
    let words = words.collect_view();
    let label = format!("Tests of {}", run.name);
    let bodies = pairs.into_iter().map(body).collect_view();
    view! {
        <div class="border-t border-line">
            <h3 class="px-4 py-2 flex items-center gap-1.5 font-semibold text-sm bg-base-200">{mark(place)}{run.name}</h3>
            <ul class="px-4 py-2 text-sm flex flex-col gap-1 max-w-[80ch]">{words}</ul>
            <div class="overflow-x-auto" tabindex="0" role="group" aria-label=label.clone()>
                <table class="hf-grid" aria-label=label.clone()>
                    <thead><tr><th scope="col" class="pl-4!">"Test"</th><th scope="col">"Statistic"</th><th scope="col" class="num">"p"</th><th scope="col" class="num">"p, Holm"</th><th scope="col" class="pr-4!">"In words"</th></tr></thead>
                    {bodies}
                </table>
            </div>
        </div>
    }
    .into_any()
}

fn body(((name, unit), pair): (Named, Pair)) -> AnyView {
    let [n, of] = pair.n.map(format::count);
    let far = if pair.n.contains(&0) {
        "–".to_owned()
    } else {
        let range = interval(pair.interval[0], pair.interval[1], 1);
        let far = signed(pair.difference, 1);
        format!("{far} {unit} (95 % CI {range})")
    };
    let head = format!("{name}: {far}, n = {n} against {of}");
    let rows = pair.tests.into_iter().map(row).collect_view();
    view! { <tbody><tr><th scope="rowgroup" colspan="5" class="pl-4! text-left font-medium num">{head}</th></tr>{rows}</tbody> }
        .into_any()
}

fn row(test: Test) -> AnyView {
    let (name, statistic) = read(&test);
    let is_small = test.p_holm.is_some_and(|p| p < 0.05);
    let class = if is_small { "num font-semibold" } else { "num" };
    view! {
        <tr>
            <td class="pl-4! font-medium whitespace-nowrap">{name}</td>
            <td class="num text-left! whitespace-nowrap">{statistic}</td>
            <td class="num whitespace-nowrap">{p(test.p)}</td>
            <td class=[class, " whitespace-nowrap"].concat()>{p(test.p_holm)}</td>
            <td class="pr-4! text-muted min-w-72">{test.words}</td>
        </tr>
    }
    .into_any()
}

/// The name of a test and its statistic with its letter.
fn read(test: &Test) -> (&'static str, String) {
    let (name, letter, decimals) = match test.kind {
        TestKind::Welch => ("Welch t", "t = ", 2),
        TestKind::MannWhitney => ("Mann-Whitney", "U = ", 1),
        TestKind::KolmogorovSmirnov => ("Kolmogorov-Smirnov", "D = ", 3),
        TestKind::CohensD => ("Cohen's d", "", 2),
        TestKind::CliffsDelta => ("Cliff's delta", "", 3),
    };
    let Some(value) = test.statistic else {
        return (name, "–".to_owned());
    };
    let freedom = test
        .freedom
        .map(|df| [", df ", &format::number(df, 1)].concat());
    let value = match test.kind {
        TestKind::MannWhitney => format::number(value, 1),
        _ => fixed(value, decimals),
    };
    (
        name,
        [letter, &value, &freedom.unwrap_or_default()].concat(),
    )
}
