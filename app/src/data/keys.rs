//! The inspector: on which columns tables meet, and whether they do.

use leptos::prelude::*;
use workbench::data::{KeyReport, Level, MergeKeys, SharedColumn, StudyView, TableJoin};

use super::server::get_key_report;
use crate::{
    components::{format, icon::Icon},
    json::Plain,
    stores::{table::KEYS, use_server_store},
    study::use_study,
};

const NONE: &str = "";

/// For `<noscript>`. A constant, as a literal would be written as an attribute of that name.
const PLAIN_USE: &str = r#"<button class="btn btn-sm">Use these keys</button>"#;

/// The inspector.
#[component]
pub(super) fn KeyInspector() -> impl IntoView {
    let study = use_study();
    let report = Resource::<_, Plain>::new_with_options(
        move || {
            study.view.with(|view| {
                (
                    view.keys.clone(),
                    view.tables.iter().map(|t| t.id.clone()).collect::<Vec<_>>(),
                )
            })
        },
        |(keys, _)| async move {
            match keys {
                Some(_) => get_key_report().await,
                None => Ok(KeyReport::default()),
            }
        },
        false,
    );
    view! {
        <aside class="hf-insp w-full lg:w-72 shrink-0 border-t lg:border-t-0" aria-label="Merge keys">
            <div class="h-11 px-4 flex items-center border-b border-line">
                <h2 class="font-semibold">"Merge keys"</h2>
                <KeyChip/>
            </div>
            <KeyChoice/>
            <Transition fallback=|| view! { <div class="skeleton h-32 m-4"></div> }>
                {move || {
                    report.get().map(|report| match report {
                        Ok(report) => view! { <Report report/> }.into_any(),
                        Err(error) => view! { <p class="p-4 text-xs text-err-text" role="alert">{error.to_string()}</p> }.into_any(),
                    })
                }}
            </Transition>
        </aside>
    }
}

#[component]
fn KeyChip() -> impl IntoView {
    let study = use_study();
    let chosen = use_server_store(KEYS);
    move || {
        let (class, icon, word) = study.view.with(|view| match &view.keys {
            Some(_) if chosen.with(Option::is_some) => {
                ("hf-chip hf-chip-on ml-2", "pencil", "chosen")
            }
            Some(_) => ("hf-chip hf-chip-ok ml-2", "check", "found"),
            None => ("hf-chip hf-chip-warn ml-2", "triangle-alert", "none"),
        });
        view! { <span class=class><Icon name=icon small=true/>{word}</span> }
    }
}

/// The keys in force, to be corrected.
#[component]
fn KeyChoice() -> impl IntoView {
    let study = use_study();
    let chosen = use_server_store(KEYS);
    let keys = Memo::new(move |_| {
        study
            .view
            .with(|view| view.keys.clone().unwrap_or_default())
    });
    let change = move |change: &dyn Fn(&mut MergeKeys)| {
        let mut new = keys.get_untracked();
        change(&mut new);
        study.view.with_untracked(|view| complete(&mut new, view));
        chosen.set(Some(new));
    };
    let tables = Memo::new(move |_| {
        study.view.with(|view| {
            view.tables
                .iter()
                .map(|t| t.name.clone())
                .collect::<Vec<_>>()
        })
    });
    let columns = Memo::new(move |_| study.view.with(columns_of));
    view! {
        <form method="post" action="/data/keys" class="hf-sec flex flex-col gap-3">
            <Choice label="Cohort" name="cohort_table" options=tables.into() value=Signal::derive(move || keys.get().cohort_table)
                pick=move |value: String| change(&|keys| keys.cohort_table.clone_from(&value))/>
            <Choice label="Participant" name="primary_id" options=columns.into() value=Signal::derive(move || keys.get().primary_id)
                pick=move |value: String| change(&|keys| keys.primary_id.clone_from(&value))/>
            <Choice label="Visit" name="session_id" none="none: one row a participant" options=columns.into()
                value=Signal::derive(move || keys.get().session_id.unwrap_or_default())
                pick=move |value: String| change(&|keys| keys.session_id = (value != NONE).then(|| value.clone()))/>
            <div class="flex flex-col gap-1">
                <span class="hf-h">"Participant and visit"</span>
                <span class="font-mono text-xs">
                    {move || keys.get().composite_id.map_or_else(|| "none".to_owned(), |id| format!("{id} (derived)"))}
                </span>
            </div>
            <Show when=move || chosen.with(Option::is_some)>
                <button r#type="button" class="btn btn-xs btn-ghost self-start" on:click=move |_| chosen.set(None)>
                    <Icon name="rotate-ccw" small=true/>
                    "Use the found keys"
                </button>
            </Show>
            <noscript inner_html=PLAIN_USE></noscript>
            {move || {
                study.view.with(|view| view.keys_problem.clone()).map(|problem| {
                    view! { <p class="text-xs text-warn-text break-words" role="status">{problem}</p> }
                })
            }}
        </form>
    }
}

/// What follows from a choice: the derived id, and whether there are visits.
fn complete(keys: &mut MergeKeys, view: &StudyView) {
    if keys.cohort_table.is_empty() {
        keys.cohort_table = view
            .tables
            .first()
            .map(|t| t.name.clone())
            .unwrap_or_default();
    }
    let has_visits = |name: &String| view.tables.iter().any(|t| t.column(name).is_some());
    keys.is_longitudinal = keys.session_id.as_ref().is_some_and(has_visits);
    keys.composite_id = keys
        .session_id
        .as_ref()
        .map(|visit| format!("{}_{visit}", keys.primary_id));
}

fn columns_of(view: &StudyView) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for column in view.tables.iter().flat_map(|table| &table.columns) {
        if !names.contains(&column.name) {
            names.push(column.name.clone());
        }
    }
    names
}

#[component]
fn Choice(
    label: &'static str,
    name: &'static str,
    #[prop(optional)] none: Option<&'static str>,
    options: Signal<Vec<String>>,
    value: Signal<String>,
    pick: impl Fn(String) + 'static,
) -> impl IntoView {
    let items = move || {
        let current = value.get();
        let list = options.get().into_iter();
        list.map(|option| {
            let is_current = option == current;
            view! { <option value=option.clone() selected=is_current>{option.clone()}</option> }
        })
        .collect_view()
    };
    view! {
        <label class="flex flex-col gap-1">
            <span class="hf-h">{label}</span>
            <select class="select select-sm w-full"
                aria-label=label name=name prop:value=value on:change=move |event| pick(event_target_value(&event))>
                {none.map(|text| view! { <option value=NONE selected=move || value.with(String::is_empty)>{text}</option> })}
                {items}
            </select>
        </label>
    }
}

#[component]
fn Report(report: KeyReport) -> impl IntoView {
    let KeyReport {
        tables,
        checks,
        shared_columns,
    } = report;
    view! {
        <div class="hf-sec">
            <h3 class="hf-h mb-2">"How tables join"</h3>
            <ul class="flex flex-col gap-2 text-xs">
                {tables.into_iter().map(|join| view! { <Join join/> }).collect_view()}
            </ul>
        </div>
        <div class="hf-sec">
            <h3 class="hf-h mb-2">"Do the keys meet?"</h3>
            <dl class="hf-kv">
                {checks
                    .into_iter()
                    .map(|check| {
                        let warns = check.is_problem && check.count > 0;
                        view! {
                            <dt class="break-words min-w-0">{check.label}</dt>
                            <dd class=("text-warn-text", warns) class=("font-medium", warns)>
                                {format::count(check.count)}
                                {warns.then(|| view! { <span class="sr-only">" needs attention"</span> })}
                            </dd>
                        }
                    })
                    .collect_view()}
            </dl>
        </div>
        {shared_columns.into_iter().map(|shared| view! { <Shared shared/> }).collect_view()}
    }
}

#[component]
fn Join(join: TableJoin) -> impl IntoView {
    let level = match join.level {
        Level::Participant => "one row a participant",
        Level::Visit => "one row a visit",
    };
    let on = if join.on.is_empty() {
        "cannot be joined".to_owned()
    } else {
        join.on.join(", ")
    };
    view! {
        <li class="rounded-field border border-line px-2.5 py-2">
            <div class="flex items-center gap-2">
                <span class="font-medium truncate">{join.table}</span>
                <span class="ml-auto font-mono text-2xs text-primary">{on}</span>
            </div>
            <div class="flex items-center text-2xs text-muted mt-1">
                <span>{level}</span>
                <span class="ml-auto num">
                    {format!("{} of {} unique", format::count(join.unique), format::count(join.rows))}
                </span>
            </div>
        </li>
    }
}

#[component]
fn Shared(shared: SharedColumn) -> impl IntoView {
    let tables = shared.tables.join(" and ");
    let (icon, text) = if shared.agrees {
        (
            "info",
            format!(" is in {tables}. They agree in every row, so the result keeps one."),
        )
    } else {
        (
            "triangle-alert",
            format!(
                " is in {tables}, with different values. The result keeps each, named after its table."
            ),
        )
    };
    view! {
        <div class="px-4 py-3 text-xs text-muted flex gap-2">
            <Icon name=icon small=true class="mt-0.5"/>
            <p class="min-w-0"><span class="font-mono text-2xs text-base-content">{shared.column}</span>{text}</p>
        </div>
    }
}
