//! Runs that were not made here: packages, all of them or none, or the table of a trial with its columns explained.

use leptos::{
    ev::{Event, SubmitEvent},
    prelude::*,
    task::spawn_local,
};
use serde::Deserialize;
use workbench::simulation::trial::{Mapping, TimeIs};

use super::{new::words, server::import_trial};
use crate::{
    AppError,
    components::{
        format,
        toasts::{Toasts, use_toasts},
        upload::{Chosen, chosen, send, send_all},
    },
};

/// Without scripts a package is sent by a button. A browser with scripts sees this as text.
const PLAIN_SEND: &str = r#"<button class="btn btn-sm">Send the chosen packages</button>"#;

/// Runs that are named when they came in: more are counted.
const NAMED: usize = 5;

/// The run that a package became.
#[derive(Deserialize)]
struct Came {
    id: String,
    name: String,
}

/// The table of a trial as it was read; more is told of it than its columns' names, and not needed here.
#[derive(Clone, Deserialize)]
struct Table {
    id: String,
    file_name: String,
    columns: Vec<Named>,
}

#[derive(Clone, Deserialize)]
struct Named {
    name: String,
}

/// The form; what came in appears in the list.
#[component]
pub(super) fn Import(is_import: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let table = RwSignal::new(None::<Table>);
    let problem = RwSignal::new(None::<String>);
    let sending = RwSignal::new(None::<String>);
    let tags = RwSignal::new(String::new());
    let take = move |event: Event| {
        let files = chosen(&event);
        let Some(first) = files.first() else { return };
        problem.set(None);
        table.set(None);
        let told = match files.len() {
            1 => first.name.clone(),
            many => format::plural(many as u64, "file", "files"),
        };
        sending.set(Some(told));
        spawn_local(async move {
            let taken = take_in(&files, &tags.get_untracked()).await;
            sending.try_set(None);
            match taken {
                Ok(Taken::Runs(runs)) => say(toasts, is_import, &runs),
                Ok(Taken::Table(read)) => drop(table.try_set(Some(read))),
                Err(error) => drop(problem.try_set(Some(error.to_string()))),
            }
        });
    };
    view! {
        <section class="px-4 py-3 border-b border-line bg-base-200 flex flex-col gap-3" aria-label="Import">
            <form method="post" action="/simulations/import" enctype="multipart/form-data" class="flex flex-wrap items-end gap-3">
                <label class="block">
                    <span class="block text-xs font-medium mb-1">"Tags, with commas between"</span>
                    <input class="input input-sm w-56" name="tags" autocomplete="off" on:input=move |event| tags.set(event_target_value(&event))/>
                </label>
                <label class="block">
                    <span class="block text-xs font-medium mb-1">"Packages of runs, or the table of a trial"</span>
                    <input class="file-input file-input-sm w-80 max-w-full" type="file" multiple name="file" accept=".zip,.csv,.tsv,.txt,.parquet,.jsonl,.ndjson" on:change=take/>
                </label>
                <noscript inner_html=PLAIN_SEND></noscript>
                <p class="text-2xs text-muted max-w-prose">"Packages (.zip) are verified whole before any of them is kept: all come in with their tags, or none does. Of a table (CSV, Parquet) you say which column is the patient, the time and the measure; each arm becomes a run."</p>
            </form>
            {move || sending.get().map(|name| view! { <p class="text-xs text-muted" role="status">{["Sending and reading ", &name, " …"].concat()}</p> })}
            {move || problem.get().map(|text| view! { <p class="text-xs text-err-text" role="alert">{text}</p> })}
            {move || table.get().map(|table| view! { <Columns table tags is_import/> })}
        </section>
    }
    .into_any()
}

/// What files became.
enum Taken {
    Runs(Vec<(String, String)>),
    /// It is still to be said what its columns mean.
    Table(Table),
}

async fn take_in(files: &[Chosen], tags: &str) -> Result<Taken, AppError> {
    match files {
        all if all.iter().all(Chosen::is_package) => {
            let came = send_all::<Vec<Came>>("/simulations/import", all, tags).await?;
            let runs = came.into_iter().map(|came| (came.id, came.name));
            Ok(Taken::Runs(runs.collect()))
        }
        [table] => Ok(Taken::Table(send("/simulations/table", table).await?)),
        _ => Err(AppError::BadRequest(
            "Choose packages only, or one table: of a table its columns are asked for.".into(),
        )),
    }
}

/// What came in, with the way to it.
fn say(toasts: Toasts, is_import: RwSignal<bool>, runs: &[(String, String)]) {
    is_import.try_set(false);
    let told = match runs.len() {
        0..=NAMED => {
            let names: Vec<&str> = runs.iter().map(|(_, name)| name.as_str()).collect();
            names.join(", ")
        }
        many => format::plural(many as u64, "run", "runs"),
    };
    toasts.say(["Imported: ", &told, "."].concat());
}

/// Which column means what.
#[component]
fn Columns(table: Table, tags: RwSignal<String>, is_import: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let names: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    let guess = |words: &[&str]| -> String {
        let known = |name: &&String| words.contains(&name.to_lowercase().as_str());
        names.iter().find(known).cloned().unwrap_or_default()
    };
    let patient = RwSignal::new(guess(&[
        "patient",
        "patient_id",
        "id",
        "subject",
        "participant",
    ]));
    let time = RwSignal::new(guess(&["day", "days", "time", "time_days", "date"]));
    let measure = RwSignal::new(guess(&["vision", "letters", "va", "etdrs"]));
    let injected = RwSignal::new(guess(&["injected", "injection", "treated"]));
    let arm = RwSignal::new(guess(&["arm", "trt", "treatment", "group"]));
    let is_date = RwSignal::new(time.get_untracked() == "date");
    let problem = RwSignal::new(None::<String>);
    let is_asking = RwSignal::new(false);
    let (id, file) = (table.id.clone(), table.file_name.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_asking.get_untracked() {
            return;
        }
        let some =
            |column: RwSignal<String>| Some(column.get_untracked()).filter(|name| !name.is_empty());
        let mapping = Mapping {
            patient: patient.get_untracked(),
            time: time.get_untracked(),
            time_is: match is_date.get_untracked() {
                true => TimeIs::Date,
                false => TimeIs::Days,
            },
            measure: measure.get_untracked(),
            injected: some(injected),
            arm: some(arm),
        };
        let (id, file, tags) = (id.clone(), file.clone(), words(&tags.get_untracked()));
        is_asking.set(true);
        spawn_local(async move {
            match import_trial(id, file, mapping, tags).await {
                Ok(runs) => say(toasts, is_import, &runs),
                Err(error) => {
                    problem.try_set(Some(error.to_string()));
                    is_asking.try_set(false);
                }
            }
        });
    };
    let column = |label: &'static str, value: RwSignal<String>, is_needed: bool| {
        view! { <Column label value names=names.clone() is_needed/> }
    };
    let legend = format!("The columns of {}", table.file_name);
    view! {
        <form class="flex flex-wrap items-end gap-3" aria-label="Columns of the trial" on:submit=submit>
            <p class="basis-full text-xs font-medium">{legend}</p>
            {column("Patient", patient, true)}
            {column("Time", time, true)}
            <label class="block">
                <span class="block text-xs font-medium mb-1">"Time is"</span>
                <select class="select select-sm w-36" on:change=move |event| is_date.set(event_target_value(&event) == "date")>
                    <option value="days" selected=move || !is_date.get()>"days from the start"</option>
                    <option value="date" selected=move || is_date.get()>"a date"</option>
                </select>
            </label>
            {column("Measure", measure, true)}
            {column("Injected", injected, false)}
            {column("Arm", arm, false)}
            <button class="btn btn-sm btn-primary" disabled=move || is_asking.get()>"Import the trial"</button>
            {move || problem.get().map(|text| view! { <p class="basis-full text-xs text-err-text" role="alert">{text}</p> })}
        </form>
    }
    .into_any()
}

#[component]
fn Column(
    label: &'static str,
    value: RwSignal<String>,
    names: Vec<String>,
    is_needed: bool,
) -> impl IntoView {
    let none = if is_needed { "choose" } else { "none" };
    let options = names.into_iter().map(|name| {
        let is_chosen = value.get_untracked() == name;
        view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }
    });
    view! {
        <label class="block">
            <span class="block text-xs font-medium mb-1">{label}</span>
            <select class="select select-sm w-40" required=is_needed on:change=move |event| value.set(event_target_value(&event))>
                <option value="">{none}</option>
                {options.collect_view()}
            </select>
        </label>
    }
    .into_any()
}
