//! The page's bar: how many are left, and what can be done with them.

use leptos::prelude::*;

use super::{download::Download, saved::Saved, state::Query};
use crate::{
    components::format::{count, number},
    features::{SAVED_QUERIES, use_feature},
    sharing::{Share, Thing},
};

/// The bar.
#[component]
pub(super) fn Bar(query: Query) -> impl IntoView {
    let has_saved = use_feature(SAVED_QUERIES);
    view! {
        <div class="hf-bar hf-query-bar h-14! gap-1.5!">
            <Count query/>
            <div class="hf-tools flex items-center gap-1.5">
                <Show when=move || has_saved.get()><Saved query/></Show>
                <ShareResult query/>
                <Download query/>
            </div>
        </div>
    }
    .into_any()
}

/// Shares the merged result, where there is one.
#[component]
fn ShareResult(query: Query) -> impl IntoView {
    let is_there = Memo::new(move |_| query.study.result.with(Option::is_some));
    view! { <Show when=move || is_there.get()><Share thing=Thing::Result title="merged result"/></Show> }
        .into_any()
}

/// The live count. While a new one is on its way, the old one stays.
#[component]
fn Count(query: Query) -> impl IntoView {
    let left = move || {
        query
            .count
            .with(|report| report.as_ref().map(|report| report.left))
    };
    let participants = move || {
        left()
            .map(|left| count(left.participants))
            .unwrap_or_else(|| "–".into())
    };
    let rows = move || {
        left()
            .map(|left| count(left.rows))
            .unwrap_or_else(|| "–".into())
    };
    #[expect(clippy::cast_precision_loss, reason = "a few digits are shown")]
    let time = move || {
        let micros = query
            .count
            .with(|report| report.as_ref().map(|report| report.micros))?;
        let decimals = if micros < 10_000 { 1 } else { 0 };
        Some(
            [
                "counted in ",
                &number((micros as f64 / 1_000.0).max(0.1), decimals),
                " ms",
            ]
            .concat(),
        )
    };
    let participants_word = move || match left() {
        Some(left) if left.participants == 1 => "participant",
        _ => "participants",
    };
    let rows_word = move || match left() {
        Some(left) if left.rows == 1 => "row",
        _ => "rows",
    };
    view! {
        <div class="hf-count mr-auto min-w-0">
            <div class="flex items-baseline gap-1.5 leading-none whitespace-nowrap" aria-live="polite" aria-atomic="true">
                <span class="hf-figure num" data-testid="count-participants">{participants}</span>
                " " <span class="text-muted">{participants_word}</span>
                <span class="text-faint" aria-hidden="true">"·"</span>
                <span class="hf-figure num" data-testid="count-rows">{rows}</span>
                " " <span class="text-muted">{rows_word}</span>
            </div>
            <div class="text-2xs text-faint mt-1 num max-md:hidden">{time}</div>
        </div>
    }
    .into_any()
}
