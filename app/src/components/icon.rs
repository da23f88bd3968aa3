//! Lucide icons out of the sprite in the document (`icons.svg`; add what a page uses there).

use leptos::prelude::*;

/// An icon's name in the sprite, without `i-`: the same for good, as nearly all are, or one that changes.
#[derive(Clone, Copy)]
pub(crate) enum Name {
    Fixed(&'static str),
    Changing(Signal<&'static str>),
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self::Fixed(name)
    }
}

impl From<Signal<&'static str>> for Name {
    fn from(name: Signal<&'static str>) -> Self {
        Self::Changing(name)
    }
}

/// An icon of 16 px; `small` is 14 px. It is decoration: the control around it has the name.
#[component]
pub(crate) fn Icon(
    /// Which one.
    #[prop(into)]
    name: Name,
    /// 14 px instead of 16.
    #[prop(optional)]
    small: bool,
    /// Further classes.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    let size = if small { "hf-ico-sm " } else { "hf-ico " };
    let address = |name| ["#i-", name].concat();
    let picture = match name {
        Name::Fixed(name) => view! { <use href=address(name)></use> }.into_any(),
        Name::Changing(name) => view! { <use href=move || address(name.get())></use> }.into_any(),
    };
    view! { <svg class=[size, &class].concat() aria-hidden="true">{picture}</svg> }
}
