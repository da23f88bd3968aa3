//! What a version holds, how two differ, and the way back to the older.

use leptos::{prelude::*, task::spawn_local};

use super::server::{
    Comparison, Done, Which, compare_versions, preview_roll_back, roll_back_state,
};
use crate::{
    components::{
        icon::Icon,
        lines::{Line, Lines, SideBySide},
        live::Problem,
        toasts::use_toasts,
    },
    json::Plain,
};

/// What is shown of the two versions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Data,
    Difference,
    SideBySide,
    Patch,
}

const TABS: [(Tab, &str); 4] = [
    (Tab::Data, "Data"),
    (Tab::Difference, "Difference"),
    (Tab::SideBySide, "Side by side"),
    (Tab::Patch, "Patch"),
];

/// The two newest versions, or the two chosen.
#[component]
pub(super) fn Compare(
    which: Which,
    version: u64,
    changes: Vec<Done>,
    is_deleted: bool,
    may_change: bool,
) -> impl IntoView {
    let versions: Vec<u64> = changes.iter().map(|change| change.version).collect();
    // One version alone differs from nothing.
    let first = if versions.len() > 1 {
        Tab::Difference
    } else {
        Tab::Data
    };
    let tab = RwSignal::new(first);
    let newer = RwSignal::new(version);
    let older = RwSignal::new(versions.get(1).copied().unwrap_or(version));
    let asked = which.clone();
    let compared = Resource::<_, Plain>::new_with_options(
        move || (older.get(), newer.get()),
        move |(older, newer)| compare_versions(asked.clone(), older, newer),
        false,
    );
    let is_old = move || older.get() != version;
    let tabs = TABS.map(|(this, name)| {
        view! {
            <button
                role="tab" on:click=move |_| tab.set(this)
                aria-selected=move || if tab.get() == this { "true" } else { "false" }
            >
                {name}
            </button>
        }
    });
    view! {
            <div><span class="hf-seg" role="tablist" aria-label="What is shown">{tabs}</span></div>
            <div class="flex items-center gap-2 text-xs">
                <VersionChoice name="Older version" versions=versions.clone() chosen=older/>
                <Icon name="arrow-right" small=true class="text-faint"/>
                <VersionChoice name="Newer version" versions chosen=newer/>
                <Transition>
                    {move || Suspend::new(async move { compared.await.ok().map(|both| summary(&both.lines)) })}
                </Transition>
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    match compared.await {
                        Ok(both) => view! { <Both both tab/> }.into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })}
            </Transition>
            <Show when=move || may_change && (is_old() || is_deleted)>
                <RollBack which=which.clone() to=older version/>
            </Show>
    }
    .into_any()
}

fn summary(lines: &[Line]) -> AnyView {
    view! { <span class="text-muted num ml-1" role="status">{counted(lines)}</span> }.into_any()
}

fn counted(lines: &[Line]) -> String {
    let of = |sign| lines.iter().filter(|line| line.sign == sign).count();
    format!("{} added, {} removed", of("+"), of("-"))
}

#[component]
fn VersionChoice(name: &'static str, versions: Vec<u64>, chosen: RwSignal<u64>) -> impl IntoView {
    let options = versions.into_iter().map(|version| {
        let is_chosen = version == chosen.get_untracked();
        view! { <option value=version.to_string() selected=is_chosen>{format!("v{version}")}</option> }
    });
    let choose = move |event| {
        if let Ok(version) = event_target_value(&event).parse() {
            chosen.set(version);
        }
    };
    view! {
        <select class="select select-xs w-20 font-mono" aria-label=name on:change=choose>{options.collect_view()}</select>
    }
    .into_any()
}

#[component]
fn Both(both: Comparison, tab: RwSignal<Tab>) -> impl IntoView {
    let content = move || {
        let lines = match tab.get() {
            Tab::SideBySide => {
                return view! { <SideBySide lines=both.lines.clone()/> }.into_any();
            }
            Tab::Difference => both.lines.clone(),
            Tab::Data => plain(&both.data),
            Tab::Patch => plain(&both.patch),
        };
        view! { <Lines lines/> }.into_any()
    };
    view! {
        <div class="hf-card overflow-x-auto shrink-0" tabindex="0" role="region" aria-label="Content" data-testid="state-content">
            {content}
        </div>
    }
    .into_any()
}

fn plain(text: &str) -> Vec<Line> {
    let line = |text: &str| Line {
        sign: String::new(),
        text: text.to_owned(),
    };
    text.lines().map(line).collect()
}

/// The way back, with what it will do.
#[component]
fn RollBack(which: Which, to: RwSignal<u64>, version: u64) -> impl IntoView {
    let toasts = use_toasts();
    let asked = which.clone();
    let preview = Resource::<_, Plain>::new_with_options(
        move || to.get(),
        move |to| preview_roll_back(asked.clone(), to),
        false,
    );
    let go = move |_| {
        let (which, to) = (which.clone(), to.get_untracked());
        spawn_local(async move {
            match roll_back_state(which.clone(), to, version).await {
                Ok(()) => {
                    let text = format!("The content of v{to} is back, as v{}.", version + 1);
                    toasts.offer(text, "Undo", move || {
                        let which = which.clone();
                        spawn_local(async move {
                            if let Err(error) = roll_back_state(which, version, version + 1).await {
                                toasts.error(error.to_string());
                            }
                        });
                    });
                }
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <div class="rounded-box border border-line bg-base-200 px-4 py-3 shrink-0">
            <div class="flex items-center gap-4">
                <div>
                    <div class="font-medium">{move || format!("Roll back to v{}", to.get())}</div>
                    <p class="text-xs text-muted mt-0.5">
                        {move || format!("Writes v{} with the content of v{}. Nothing is erased.", version + 1, to.get())}
                    </p>
                </div>
                <span class="flex-1"></span>
                <button class="btn btn-sm shrink-0" on:click=go>
                    <Icon name="undo-2" small=true/>
                    "Roll back"
                </button>
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    match preview.await {
                        Ok(lines) => view! { <Preview lines/> }.into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// What rolling back changes of what is there now: name, data and metadata.
#[component]
fn Preview(lines: Vec<Line>) -> impl IntoView {
    view! {
        <details class="mt-2 text-xs">
            <summary class="cursor-pointer text-muted num">{format!("What it changes: {}", counted(&lines))}</summary>
            <div class="hf-card overflow-x-auto mt-2" tabindex="0" role="region" aria-label="What rolling back changes"><Lines lines/></div>
        </details>
    }
    .into_any()
}
