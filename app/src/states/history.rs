//! What happened to a state: its history as a timeline, newest first.

use leptos::{prelude::*, task::spawn_local};

use super::server::{Done, Which, older_changes};
use crate::components::{format, toasts::use_toasts};

/// The newest changes, and the older ones when they are asked for.
#[component]
pub(super) fn History(
    which: Which,
    changes: Vec<Done>,
    /// Whether there are older ones than `changes`.
    has_older: bool,
    /// The newest version: no version is ever erased, so it is how many there are.
    version: u64,
) -> impl IntoView {
    let toasts = use_toasts();
    let older = RwSignal::new(Vec::<Done>::new());
    let oldest = changes.last().map_or(0, |change| change.version);
    let is_whole = move || {
        !has_older || older.with(|older| older.last().is_some_and(|change| change.version == 1))
    };
    let more = move |_| {
        let which = which.clone();
        let before =
            older.with_untracked(|older| older.last().map_or(oldest, |change| change.version));
        spawn_local(async move {
            match older_changes(which, before).await {
                Ok(found) => older.update(|older| older.extend(found)),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let newest = changes
        .into_iter()
        .enumerate()
        .map(|(at, change)| item(change, at == 0));
    view! {
        <div class="flex items-center mb-3">
            <h3 class="font-semibold">"History"</h3>
            <span class="text-xs text-muted ml-2 num" data-testid="state-versions">{format::plural(version, "version", "versions")}</span>
        </div>
        <ol class="hf-line relative" aria-label="History">
            {newest.collect_view()}
            <For each=move || older.get() key=|change| change.version let:change>{item(change, false)}</For>
        </ol>
        <Show when=move || !is_whole()>
            <button class="btn btn-xs mt-1" on:click=more.clone()>"Older versions"</button>
        </Show>
    }
    .into_any()
}

fn item(change: Done, is_newest: bool) -> AnyView {
    let dot = if is_newest {
        "bg-primary border-primary"
    } else {
        "bg-base-100 border-line-strong"
    };
    let what = match &change.before {
        Some(before) if *before == change.after => "status unchanged".to_owned(),
        Some(before) => format!("{before} → {}", change.after),
        None => format!("→ {}", change.after),
    };
    view! {
        <li class="relative flex gap-3 pb-3">
            <span class="relative flex flex-col items-center w-3">
                <i class=format!("size-2.5 mt-1.5 rounded-full border-2 {dot}")></i>
                <i class="hf-line-on absolute top-4.5 -bottom-4 w-px bg-line-strong"></i>
            </span>
            <div class="flex-1 min-w-0">
                <div class="flex items-center gap-2">
                    <span class="font-medium">{change.transition}</span>
                    <span class="font-mono text-2xs text-faint">{format!("v{}", change.version)}</span>
                    <span class="ml-auto text-2xs text-faint num">{change.at}</span>
                </div>
                <div class="text-xs text-muted truncate">{what}<span class="text-faint">", " {change.actor}</span></div>
                {change.removed.map(|removed| view! { <div class="text-2xs text-faint">{removed}</div> })}
            </div>
        </li>
    }
    .into_any()
}
