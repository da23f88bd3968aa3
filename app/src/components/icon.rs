//! Lucide icons out of the sprite in the document (`icons.svg`; add what a page uses there).

use leptos::prelude::*;

/// An icon of 16 px; `small` is 14 px. It is decoration: the control around it has the name.
#[component]
pub(crate) fn Icon(
    /// Its name in the sprite, without `i-`.
    #[prop(into)]
    name: Signal<&'static str>,
    /// 14 px instead of 16.
    #[prop(optional)]
    small: bool,
    /// Further classes.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    let size = if small { "hf-ico-sm" } else { "hf-ico" };
    view! {
        <svg class=format!("{size} {class}") aria-hidden="true">
            <use href=move || format!("#i-{}", name.get())></use>
        </svg>
    }
}
