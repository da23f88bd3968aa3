//! A field for a number that may be left empty. What is typed stays as it was typed; the number
//! goes out as soon as it is one.

use leptos::prelude::*;

use crate::query::spec::{parse, plain};

/// The field.
#[component]
pub(super) fn NumberField(
    /// Its name for a form, and for those who do not see it.
    name: String,
    #[prop(into)] label: String,
    /// Further classes: its size.
    class: &'static str,
    /// The number; `None` for an open end.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// What an open end stands for.
    #[prop(into)]
    placeholder: String,
    #[prop(into)] on_change: Callback<Option<f64>>,
) -> impl IntoView {
    let shown = move || value.get().map(plain).unwrap_or_default();
    let text = RwSignal::new(untrack(shown));
    // A number that came from elsewhere (a slider, another tab) replaces what was typed.
    Effect::new(move |_| {
        let value = value.get();
        if parse(&text.get_untracked()) != Ok(value) {
            text.set(value.map(plain).unwrap_or_default());
        }
    });
    let type_in = move |event| {
        text.set(event_target_value(&event));
        if let Ok(number) = text.with_untracked(|text| parse(text)) {
            on_change.run(number);
        }
    };
    // What is no number goes when the field is left.
    let leave = move |_| {
        if text.with_untracked(|text| parse(text)).is_err() {
            text.set(untrack(shown));
        }
    };
    view! {
        <input
            type="text"
            inputmode="decimal"
            autocomplete="off"
            name=name
            aria-label=label
            class=["input num w-full ", class].concat()
            placeholder=placeholder
            value=text.get_untracked()
            prop:value=move || text.get()
            aria-invalid=move || text.with(|text| parse(text)).is_err().then_some("true")
            on:input=type_in
            on:change=leave
        />
    }
    .into_any()
}
