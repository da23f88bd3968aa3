//! Small controls of the rail: a switch, two segments, a number.

use leptos::prelude::*;

/// Something that is on or off.
#[component]
pub(super) fn Toggle(
    /// What it does.
    label: &'static str,
    /// Whether it is on.
    is_on: Signal<bool>,
    /// Takes the new state.
    set: Callback<bool>,
    /// Whether it cannot have an effect now.
    #[prop(optional, into)]
    is_off_limits: Signal<bool>,
) -> impl IntoView {
    view! {
        <label class="flex items-center gap-2">
            <input
                type="checkbox"
                class="toggle toggle-xs toggle-primary"
                checked=is_on.get_untracked()
                prop:checked=is_on
                disabled=is_off_limits
                on:change=move |event| set.run(event_target_checked(&event))
            />
            {label}
        </label>
    }
    .into_any()
}

/// Linear or log.
#[component]
pub(super) fn Scale(
    /// The axis, for its name: `Horizontal`.
    axis: &'static str,
    /// Whether it is log.
    is_log: Signal<bool>,
    /// Takes the new state.
    set: Callback<bool>,
) -> impl IntoView {
    view! {
        <div class="hf-seg w-full" role="group" aria-label=format!("{axis} scale")>
            {[(false, "Linear"), (true, "Log")]
                .map(|(log, name)| {
                    view! {
                        <button
                            class="flex-1 justify-center"
                            aria-pressed=move || (is_log.get() == log).to_string()
                            on:click=move |_| set.run(log)
                        >
                            {name}
                        </button>
                    }
                })}
        </div>
    }
    .into_any()
}

/// A number above 0; what is none is not taken.
#[component]
pub(super) fn Number(
    /// What it is.
    label: &'static str,
    /// The value, as text; empty for none.
    value: Signal<String>,
    /// What stands there while it is empty.
    placeholder: &'static str,
    /// The step of the arrows.
    step: &'static str,
    /// Takes the new value; `None` when it was emptied.
    set: Callback<Option<f64>>,
) -> impl IntoView {
    let change = move |event| {
        let text = event_target_value(&event);
        match text.trim().parse::<f64>() {
            Ok(number) if number > 0.0 && number.is_finite() => set.run(Some(number)),
            _ if text.trim().is_empty() => set.run(None),
            _ => {}
        }
    };
    view! {
        <label class="flex flex-col gap-1 min-w-0">
            <span class="hf-h">{label}</span>
            <input
                type="number"
                class="input input-sm w-full num"
                min="0"
                step=step
                placeholder=placeholder
                value=value.get_untracked()
                prop:value=value
                on:change=change
            />
        </label>
    }
    .into_any()
}
