//! How the server is in one word, the range of the charts, and a backup now.

use leptos::{prelude::*, task::spawn_local};

use super::{
    page::Watch,
    server::{Overview, begin_backup},
};
use crate::components::{
    icon::Icon,
    toasts::{Toasts, use_toasts},
};

/// Minutes and name of each range.
const RANGES: [(u32, &str); 3] = [(15, "15 min"), (60, "1 h"), (24 * 60, "24 h")];

/// Begins a backup and has the page look at once.
pub(super) fn back_up(watch: Watch, toasts: Toasts) {
    spawn_local(async move {
        let begun = begin_backup().await;
        watch.asked.try_update(|asked| *asked += 1);
        if let Err(error) = begun {
            toasts.error(error.to_string());
        }
    });
}

/// The page's head.
#[component]
pub(super) fn Head(shown: Memo<Overview>, watch: Watch) -> impl IntoView {
    let toasts = use_toasts();
    let problem = Memo::new(move |_| shown.with(|it| it.problem.clone()));
    let about = move || shown.with(|it| it.about.clone());
    let is_working = Memo::new(move |_| shown.with(|it| it.backups.working.is_some()));
    let health = move || {
        match problem.get() {
        None => view! { <span class="hf-chip hf-chip-ok"><Icon name="check" small=true/>"healthy"</span> }.into_any(),
        Some(problem) => view! {
            <span class="hf-chip hf-chip-err" title=problem><Icon name="triangle-alert" small=true/>"states cannot be read"</span>
        }
        .into_any(),
    }
    };
    let range = move |(minutes, name): (u32, &'static str)| {
        let is_chosen = move || (watch.minutes.get() == minutes).to_string();
        view! { <button aria-pressed=is_chosen on:click=move |_| watch.minutes.set(minutes)>{name}</button> }
    };
    view! {
        <div class="flex flex-wrap items-center gap-2">
            <h1 class="hf-title">"Monitor"</h1>
            <span role="status">{health}</span>
            <span class="text-xs text-muted">{about}</span>
            <span class="flex-1"></span>
            <span class="hf-seg" role="group" aria-label="Range of the charts">{RANGES.map(range)}</span>
            <button class="btn btn-sm" disabled=move || is_working.get() on:click=move |_| back_up(watch, toasts)>
                <Icon name="archive" small=true/>"Back up now"
            </button>
        </div>
        {move || problem.get().map(|problem| view! {
            <p class="px-4 py-2 bg-del text-err-text rounded-box" role="alert">
                {problem}" What is cached is still given out. See that the database runs and can be reached; nothing that was acknowledged is lost."
            </p>
        })}
    }
    .into_any()
}
