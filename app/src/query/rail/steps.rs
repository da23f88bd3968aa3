//! "Step by step": what each filter leaves, live.

use leptos::prelude::*;
use workbench::query::Step;

use crate::{components::format::count, query::state::Query};

/// The report.
#[component]
pub(super) fn Steps(query: Query) -> impl IntoView {
    let steps = Memo::new(move |_| {
        query.count.with(|report| {
            report
                .as_ref()
                .map(|report| report.steps.clone())
                .unwrap_or_default()
        })
    });
    let problems = Memo::new(move |_| {
        query.count.with(|report| {
            report
                .as_ref()
                .map(|report| report.problems.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <div class="px-4 py-3">
            <div class="hf-h mb-2">
                <span class="flex-1">"Step by step"</span>
                <span class="w-12 text-right">"people"</span>
                <span class="w-14 ml-1.5 text-right">"rows"</span>
            </div>
            {move || {
                let steps = steps.get();
                let most = steps.first().map_or(1, |step| step.left.participants.max(1));
                let last = steps.len().saturating_sub(1);
                steps.into_iter().enumerate().map(|(at, step)| line(step, most, at == last && at > 0)).collect_view()
            }}
            {move || {
                problems.get().into_iter().map(|problem| view! { <p class="text-2xs text-warn-text mt-1">{problem}</p> }).collect_view()
            }}
        </div>
    }
    .into_any()
}

fn line(step: Step, most: u64, is_last: bool) -> impl IntoView {
    let tenths = step.left.participants * 1000 / most;
    let width = [
        "width:",
        &(tenths / 10).to_string(),
        ".",
        &(tenths % 10).to_string(),
        "%",
    ]
    .concat();
    let (label, figure, rows, bar) = if is_last {
        (
            "font-medium truncate",
            "num w-12 text-right font-medium",
            "num w-14 text-right font-medium",
            "bg-primary",
        )
    } else {
        (
            "text-muted truncate",
            "num w-12 text-right",
            "num w-14 text-right text-muted",
            "bg-line-strong",
        )
    };
    view! {
        <div class="grid grid-cols-[1fr_auto_auto] gap-x-1.5 text-xs items-baseline">
            <span class=label title=step.label.clone()>{step.label.clone()}</span>
            <span class=figure>{count(step.left.participants)}</span>
            <span class=rows>{count(step.left.rows)}</span>
            <span class="col-span-3 hf-meter h-1! mt-1 mb-1.5"><i class=bar style=width></i></span>
        </div>
    }
}
