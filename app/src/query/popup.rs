//! A panel that opens over the page: the browser's own popover, which closes on Escape and on a
//! click beside it, gives the focus back, and opens without WASM too.

use leptos::{ev::MouseEvent, prelude::*};

use super::dom;

/// The panel. A button opens it by its id: see [`opens`].
#[component]
pub(super) fn Popup(
    /// Names it for [`opens`].
    #[prop(into)]
    id: String,
    /// What it is, for those who do not see it.
    #[prop(into)]
    label: Signal<String>,
    /// Its width, as a class.
    #[prop(default = "w-68")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div
            id=id
            popover="auto"
            role="group"
            aria-label=move || label.get()
            class=["hf-pop overflow-auto text-xs text-left font-normal text-base-content ", class].concat()
        >
            {children()}
        </div>
    }
    .into_any()
}

/// Puts the panel where the button is, before the browser opens it.
pub(super) fn opens(id: &'static str) -> impl Fn(MouseEvent) + Clone + 'static {
    move |event| dom::place(&event, id)
}
