//! The rail: everything a person chooses about the plot. On a phone it is a sheet.

mod columns;
mod controls;
mod kind;
mod options;

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};

use self::{columns::Columns, kind::Kinds, options::Options};
use super::model::{Plot, use_plot};
use crate::components::icon::Icon;

/// The rail; a sheet below 768 px.
#[component]
pub(super) fn Rail() -> impl IntoView {
    let plot = use_plot();
    let close = move || {
        plot.is_rail_open.set(false);
        focus("plot-settings-button");
    };
    Effect::new(move |_| {
        if plot.is_rail_open.get() {
            focus("plot-settings-close");
        }
    });
    view! {
        <Show when=move || plot.is_rail_open.get()>
            <div class="md:hidden fixed inset-0 z-40 bg-neutral/40" on:click=move |_| close()></div>
        </Show>
        <div
            id="plot-settings"
            class="hf-rail w-60 shrink-0 max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:top-16 max-md:z-50 max-md:w-full max-md:rounded-t-box max-md:border-t"
            class=("max-md:hidden", move || !plot.is_rail_open.get())
            role=move || if plot.is_rail_open.get() { "dialog" } else { "complementary" }
            aria-modal=move || plot.is_rail_open.get().then_some("true")
            aria-label="Plot settings"
        >
            <div class="h-11 px-4 flex items-center border-b border-line">
                <h2 class="font-semibold">"Plot"</h2>
                <span class="flex-1"></span>
                <button class="btn btn-xs btn-ghost" on:click=move |_| plot.reset()>"Reset"</button>
                <button
                    id="plot-settings-close"
                    class="btn btn-xs btn-ghost btn-square md:hidden"
                    aria-label="Close plot settings"
                    on:click=move |_| close()
                >
                    <Icon name="x" small=true/>
                </button>
            </div>
            <Kinds/>
            <Columns/>
            <Options/>
            <Cohort plot/>
        </div>
    }
    .into_any()
}

/// Who is in the result, as it was merged.
#[component]
fn Cohort(plot: Plot) -> impl IntoView {
    let cohort = move || {
        plot.study.result.with(|result| {
            let steps = result
                .as_ref()
                .map(|result| result.filters_applied.as_slice())
                .unwrap_or_default();
            let labels: Vec<String> = steps
                .iter()
                .skip(1)
                .map(|step| lower_first(&step.label))
                .collect();
            if labels.is_empty() {
                "everyone".to_owned()
            } else {
                labels.join(", ")
            }
        })
    };
    view! {
        <div class="px-4 py-3 text-xs text-muted flex gap-2">
            <Icon name="filter" small=true class="mt-0.5"/>
            <p class="min-w-0 break-words">
                "Cohort from Query: " {cohort} ". "
                <a class="text-primary font-medium" href="/">"Change"</a>
            </p>
        </div>
    }
    .into_any()
}

fn lower_first(label: &str) -> String {
    // A column's name keeps its letters: `ALT 3 to 5` is not `aLT`.
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first
            .to_lowercase()
            .chain(std::iter::once(second))
            .chain(letters)
            .collect(),
        _ => label.to_owned(),
    }
}

/// Moves the focus to an element, once the page has shown it.
pub(super) fn focus(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id);
        if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
            drop(element.focus());
        }
    });
}
