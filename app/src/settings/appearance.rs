//! Light, dark, or as the system has it.

use leptos::prelude::*;

use super::words::THEMES;
use crate::stores::{table::THEME, use_browser_store};

/// For `<noscript>`. A constant, as a literal would be written as an attribute of that name.
const PLAIN_USE: &str = r#"<button class="btn btn-sm">Use this theme</button>"#;

/// The region. Without scripts the form keeps the choice in the same cookie.
#[component]
pub(super) fn Appearance() -> impl IntoView {
    let theme = use_browser_store(THEME);
    let choices = THEMES.map(|(one, word, text)| {
        let is_chosen = move || theme.get() == one;
        view! {
            <label class="flex items-center gap-2 py-1">
                <input
                    type="radio" class="radio radio-xs radio-primary" name="theme" value=word checked=untrack(is_chosen)
                    prop:checked=is_chosen on:change=move |_| theme.set(one)
                />
                {text}
            </label>
        }
    });
    view! {
        <section aria-labelledby="settings-appearance">
            <h2 id="settings-appearance" class="font-semibold px-4 pt-3">"Appearance"</h2>
            <form method="post" action="/settings/theme" class="px-4 pt-2 pb-4">
                <fieldset class="flex flex-wrap items-center gap-x-6 gap-y-1">
                    <legend class="text-xs text-muted mb-1">"Theme"</legend>
                    {choices}
                    <noscript inner_html=PLAIN_USE></noscript>
                </fieldset>
            </form>
        </section>
    }
    .into_any()
}
