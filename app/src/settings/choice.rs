//! One of few, as a list that works without scripts.

use leptos::prelude::*;

/// A line with a list. `pick` is told the word that was chosen.
#[component]
pub(super) fn Choice(
    label: &'static str,
    /// Its name in the form.
    name: &'static str,
    /// Each word, and what people read.
    options: Vec<(&'static str, &'static str)>,
    /// The word in force.
    value: Signal<&'static str>,
    pick: Callback<String>,
) -> impl IntoView {
    let now = value.get_untracked();
    let options = options.into_iter().map(|(word, text)| {
        let is_now = word == now;
        view! { <option value=word selected=is_now>{text}</option> }
    });
    view! {
        <label class="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span class="w-44">{label}</span>
            <select
                class="select select-sm w-60 max-w-full" aria-label=label name=name
                prop:value=move || value.get() on:change=move |event| pick.run(event_target_value(&event))
            >
                {options.collect_view()}
            </select>
        </label>
    }
    .into_any()
}

/// A line with a box to tick. `pick` is called when it was ticked or cleared.
#[component]
pub(super) fn Tick(
    label: &'static str,
    /// What it does, where the label does not say it.
    about: &'static str,
    /// Its name in the form.
    name: &'static str,
    value: Signal<bool>,
    pick: Callback<()>,
) -> impl IntoView {
    let is_ticked = move || value.get();
    view! {
        <div class="flex flex-wrap items-center gap-x-3">
            <label class="flex items-center gap-2 py-1">
                <input
                    type="checkbox" class="checkbox checkbox-xs checkbox-primary" name=name value="on" checked=untrack(is_ticked)
                    prop:checked=is_ticked on:change=move |_| pick.run(())
                />
                {label}
            </label>
            <span class="text-xs text-muted">{about}</span>
        </div>
    }
    .into_any()
}
