//! The memory for results: how full it is, what leaves first, and what could be better, each with a button that does it.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use workbench::simulation::{MemoryItem, Suggestion};

use super::{
    place,
    server::{Memory, pin_runs, raise_memory, runs_memory},
};
use crate::{
    components::{format, live::Live, ticks::use_ticks, toasts::use_toasts},
    stores::use_revision,
};

/// Reading is no change of a state, so no live event tells of it: it is asked for this often.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// The memory, asked for again and again as long as the page is there.
pub(super) fn use_memory() -> Live<Memory> {
    let (ticks, revision) = (use_ticks(ASK_EVERY), use_revision());
    let key = Memo::new(move |_| (ticks.get(), revision.get()));
    Live::new(key, |_| runs_memory())
}

/// The part of the rail.
#[component]
pub(super) fn MemoryPart(memory: Live<Memory>) -> impl IntoView {
    view! {
        <section class="px-4 py-3" aria-label="Memory">
            {memory.show(move || view! { {move || memory.good.get().map(|memory| view! { <Meter memory/> })} }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Meter(memory: Memory) -> impl IntoView {
    let report = memory.report;
    let leaving = report.held.saturating_sub(report.staying);
    let of_budget = |bytes: u64| percent(bytes, report.budget);
    let told = format!(
        "{} of {}",
        format::bytes(report.held),
        format::bytes(report.budget)
    );
    let held = report.items.iter().filter(|item| item.is_held);
    let held: Vec<MemoryItem> = held.cloned().collect();
    let may_raise = memory.may_raise;
    view! {
        <div class="flex items-center mb-2"><h2 class="font-medium">"Memory"</h2><span class="ml-auto text-xs num text-muted" data-testid="memory-held">{told.clone()}</span></div>
        <div class="hf-meter h-2!" role="img" aria-label=["Memory: ", &told].concat()>
            <i style=format!("width:{:.1}%;background:var(--color-primary)", of_budget(report.staying))></i>
            <i style=format!("width:{:.1}%;background:var(--hf-c6)", of_budget(leaving))></i>
        </div>
        <div class="flex flex-col gap-1 mt-2 text-2xs text-muted num">
            <span class="flex items-center gap-1.5"><i class="hf-dot size-2! rounded-[2px]! bg-primary"></i>"pinned or open"<span class="ml-auto">{format::bytes(report.staying)}</span></span>
            <span class="flex items-center gap-1.5"><i class="hf-dot size-2! rounded-[2px]!" style="background:var(--hf-c6)"></i>"leaves memory first"<span class="ml-auto">{format::bytes(leaving)}</span></span>
        </div>
        <p class="text-2xs text-muted mt-2">"Stored results are never deleted to make room."</p>
        {(!held.is_empty()).then(|| view! { <Held held/> })}
        <ul aria-label="Suggestions" class="flex flex-col gap-2 mt-2">
            {report.suggestions.into_iter().map(|one| view! { <Suggested one may_raise/> }).collect_view()}
        </ul>
    }
    .into_any()
}

/// What is held, the last used first.
#[component]
fn Held(held: Vec<MemoryItem>) -> impl IntoView {
    let line = |item: MemoryItem| {
        let class = match item.is_pinned {
            true => "truncate text-primary",
            false => "truncate",
        };
        view! { <li class="flex gap-2"><a class=class href=place::of_run(&item.id)>{item.name}</a><span class="ml-auto">{format::bytes(item.bytes)}</span></li> }
    };
    let count = format::plural(held.len() as u64, "result", "results");
    view! {
        <details class="mt-2 text-2xs text-muted num">
            <summary class="cursor-pointer">{[&count, " in memory"].concat()}</summary>
            <ul class="mt-1 flex flex-col gap-0.5">{held.into_iter().map(line).collect_view()}</ul>
        </details>
    }
    .into_any()
}

#[component]
fn Suggested(one: Suggestion, may_raise: bool) -> impl IntoView {
    let toasts = use_toasts();
    let text = match &one {
        Suggestion::Pin { name, loads, .. } => {
            format!("{name} was loaded {loads} times. Pinned, it stays.")
        }
        Suggestion::Unpin { name, bytes, .. } => format!(
            "{name} is pinned and was not read for a day. It takes {}.",
            format::bytes(*bytes)
        ),
        Suggestion::Raise { to, again } => format!(
            "{again} results were read again soon after they left. {} would hold them.",
            format::bytes(*to)
        ),
    };
    let (word, is_offered) = match &one {
        Suggestion::Pin { .. } => ("Pin", true),
        Suggestion::Unpin { .. } => ("Unpin", true),
        Suggestion::Raise { .. } => ("Raise", may_raise),
    };
    let act = move |_| {
        let one = one.clone();
        spawn_local(async move {
            let done = match one {
                Suggestion::Pin { id, .. } => pin_runs(vec![id], true).await,
                Suggestion::Unpin { id, .. } => pin_runs(vec![id], false).await,
                Suggestion::Raise { to, .. } => raise_memory(to).await,
            };
            if let Err(error) = done {
                toasts.error(error.to_string());
            }
        });
    };
    view! {
        <li class="text-2xs text-muted flex items-start gap-2">
            <span class="flex-1">{text}</span>
            {is_offered.then(|| view! { <button class="btn btn-xs" on:click=act>{word}</button> })}
        </li>
    }
    .into_any()
}

/// The line at the foot: how well the memory serves.
#[component]
pub(super) fn Foot(memory: Live<Memory>) -> impl IntoView {
    let told = move || {
        memory.good.with(|memory| {
            let Some(Memory { report, .. }) = memory else {
                return Vec::new();
            };
            let rate = report.hit_rate().map(|rate| {
                let rate = format::number(rate * 100.0, 1);
                ["Hit rate ", &rate, " %"].concat()
            });
            let loads = format::plural(report.misses, "load", "loads");
            let loads = match report.median_load_ms {
                Some(ms) => format!("{loads}, {ms} ms at the median"),
                None => loads,
            };
            let left = [&format::count(report.evictions), " left memory"].concat();
            rate.into_iter().chain([loads, left]).collect()
        })
    };
    view! {
        <div class="min-h-8 py-1 shrink-0 flex flex-wrap items-center gap-x-3 px-4 border-t border-line bg-base-200 text-2xs text-muted num" role="group" aria-label="How well the memory serves">
            {move || told().into_iter().map(|part| view! { <span>{part}</span> }).collect_view()}
        </div>
    }
    .into_any()
}

fn percent(bytes: u64, of: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share on screen")]
    let share = 100.0 * bytes as f64 / of.max(1) as f64;
    share.min(100.0)
}
