//! Questions that wait for an answer: a file whose name is taken by other content.

use leptos::prelude::*;
use workbench::data::{Answer, Import};

use super::server::answer_import;
use crate::{
    components::{icon::Icon, toasts::use_toasts},
    study::use_study,
};

const ANSWERS: [(Answer, &str, &str); 3] = [
    (Answer::Replace, "replace", "Replace"),
    (Answer::Rename, "rename", "Keep both"),
    (Answer::Skip, "skip", "Skip"),
];

/// One strip a question, in the order the files came.
#[component]
pub(super) fn Questions() -> impl IntoView {
    let study = use_study();
    view! {
        <For each=move || study.imports.get() key=|import| import.id.clone() let:import>
            <Question import/>
        </For>
    }
}

#[component]
fn Question(import: Import) -> impl IntoView {
    let (study, toasts) = (use_study(), use_toasts());
    let id = StoredValue::new(import.id.clone());
    let is_busy = RwSignal::new(false);
    let give = move |answer| {
        is_busy.set(true);
        leptos::task::spawn_local(async move {
            if let Err(error) = answer_import(id.get_value(), answer).await {
                toasts.error(error.to_string());
            }
            // The question may be gone by now: another tab hears of the answer, too.
            is_busy.try_set(false);
            study.reload();
        });
    };
    view! {
        <form
            method="post"
            action="/data/answer"
            role="alert"
            class="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-box border border-line bg-chg px-4 py-1.5 min-h-10 text-xs"
        >
            <Icon name="copy" class="text-warn-text"/>
            <span class="min-w-0 break-words">
                <b class="font-semibold">{import.file_name}</b>
                " is already here, with other content."
            </span>
            <span class="flex-1"></span>
            <input r#type="hidden" name="id" value=import.id/>
            {ANSWERS
                .map(|(answer, value, label)| {
                    view! {
                        <button
                            class="btn btn-xs"
                            class=("btn-ghost", answer == Answer::Skip)
                            name="answer"
                            value=value
                            prop:disabled=is_busy
                            on:click=move |event| {
                                event.prevent_default();
                                give(answer);
                            }
                        >
                            {label}
                        </button>
                    }
                })}
        </form>
    }
}
