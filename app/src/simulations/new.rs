//! A new run: a protocol out of the configurations, how many patients, how long, and what chance depends on.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use workbench::simulation::Recruitment;

use super::server::{Choices, NewRun as Order, run_choices, start_run};
use crate::components::{live::Live, toasts::use_toasts};

/// The form; the run appears above the list when it is ordered.
#[component]
pub(super) fn NewRun(is_new: RwSignal<bool>) -> impl IntoView {
    let choices = Live::new(Memo::new(|_| ()), |()| run_choices());
    view! {
        <div class="border-b border-line bg-base-200">
            {choices.show(move || view! { <Form choices=choices.good.get_untracked().unwrap_or_default() is_new/> }.into_any())}
        </div>
    }
    .into_any()
}

#[component]
fn Form(choices: Choices, is_new: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let usable = choices.protocols.iter().find(|one| one.problem.is_none());
    let file = RwSignal::new(usable.map(|one| one.file.clone()).unwrap_or_default());
    let fields = [
        "",
        "1000",
        "5",
        &choices.seed.to_string(),
        &choices.today,
        "",
    ];
    let [name, patients, years, seed, start, tags] =
        fields.map(|text| RwSignal::new(text.to_owned()));
    let recruitment = RwSignal::new(Recruitment::AllAtOnce);
    let problem = RwSignal::new(None::<String>);
    let is_asking = RwSignal::new(false);
    let problems: Vec<String> = choices
        .protocols
        .iter()
        .filter_map(|one| {
            Some(format!(
                "{} cannot be simulated: {}",
                one.file,
                one.problem.as_ref()?
            ))
        })
        .collect();
    let order = move || -> Result<Order, String> {
        let no_number = |field: &str| format!("{field}: type a number");
        let text = |field: RwSignal<String>| field.get_untracked().trim().replace(',', "");
        Ok(Order {
            file: file.get_untracked(),
            name: name.get_untracked().trim().to_owned(),
            patients: text(patients).parse().map_err(|_| no_number("patients"))?,
            years: text(years).parse().map_err(|_| no_number("years"))?,
            seed: text(seed).parse().map_err(|_| no_number("seed"))?,
            recruitment: recruitment.get_untracked(),
            start_date: start.get_untracked(),
            tags: words(&tags.get_untracked()),
        })
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_asking.get_untracked() {
            return;
        }
        let order = match order() {
            Ok(order) => order,
            Err(wrong) => return problem.set(Some(wrong)),
        };
        is_asking.set(true);
        spawn_local(async move {
            match start_run(order).await {
                Ok(id) => {
                    is_new.set(false);
                    toasts.say(format!("{id} is ordered. It goes on when you leave."));
                }
                Err(error) => {
                    problem.try_set(Some(error.to_string()));
                    is_asking.try_set(false);
                }
            }
        });
    };
    let options = choices.protocols.iter().map(|one| {
        let is_chosen = one.file == file.get_untracked();
        view! { <option value=one.file.clone() selected=is_chosen disabled=one.problem.is_some()>{one.title.clone()}</option> }
    });
    let options = options.collect_view();
    let recruit = move |event| {
        recruitment.set(match event_target_value(&event).as_str() {
            "over" => Recruitment::OverTheRun,
            _ => Recruitment::AllAtOnce,
        });
    };
    let follow_up = move || recruitment.get().follow_up();
    view! {
        <form class="px-4 py-3 flex flex-wrap items-end gap-3" aria-label="New run" on:submit=submit>
            <label class="block">
                <span class="block text-xs font-medium mb-1">"Protocol"</span>
                <select class="select select-sm w-72" required on:change=move |event| file.set(event_target_value(&event))>{options}</select>
            </label>
            <Field label="Patients" value=patients class="w-28" mode="numeric"/>
            <Field label="Years" value=years class="w-20" mode="decimal"/>
            <label class="block">
                <span class="block text-xs font-medium mb-1">"Recruitment"</span>
                <select class="select select-sm w-44" on:change=recruit>
                    <option value="once">"All on the first day"</option>
                    <option value="over">"Over the run, by chance"</option>
                </select>
            </label>
            <Field label="First day" value=start class="w-36" mode="date"/>
            <Field label="Seed" value=seed class="w-36" mode="numeric"/>
            <Field label="Name" value=name class="w-44" mode="text"/>
            <Field label="Tags" value=tags class="w-44" mode="text"/>
            <button class="btn btn-sm btn-primary" disabled=move || is_asking.get()>"Start"</button>
            <p class="basis-full text-2xs text-muted">"Follow-up: "{follow_up}". The same protocol and seed give the same result. Protocols are configurations."</p>
            {move || problem.get().map(|text| view! { <p class="basis-full text-xs text-err-text" role="alert">{text}</p> })}
            {(!problems.is_empty()).then(|| view! { <ul class="basis-full text-2xs text-warn-text">{problems.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul> })}
        </form>
    }
    .into_any()
}

#[component]
fn Field(
    label: &'static str,
    value: RwSignal<String>,
    class: &'static str,
    mode: &'static str,
) -> impl IntoView {
    let kind = if mode == "date" { "date" } else { "text" };
    view! {
        <label class="block">
            <span class="block text-xs font-medium mb-1">{label}</span>
            <input
                class=format!("input input-sm {class}") type=kind inputmode=mode autocomplete="off" value=value.get_untracked()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </label>
    }
    .into_any()
}

/// Words between commas.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(',').map(str::trim) {
        if !word.is_empty() && words.iter().all(|known| known != word) {
            words.push(word.to_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn tags_stand_between_commas_once_each() {
        assert_eq!(
            words(" nhs-2026, base line ,,nhs-2026"),
            ["nhs-2026", "base line"]
        );
        assert!(words("").is_empty());
    }
}
