//! A panel that opens over the page: the browser's own popover, which closes on Escape and on a
//! click beside it, gives the focus back, and opens without WASM too.

use leptos::{ev::MouseEvent, prelude::*};

#[cfg(feature = "hydrate")]
pub(crate) use self::browser::{hide, place};
#[cfg(not(feature = "hydrate"))]
pub(crate) use self::server::{hide, place};

/// The panel. A button opens it by its id: see [`opens`].
#[component]
pub(crate) fn Popup(
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
pub(crate) fn opens(id: impl Into<String>) -> impl Fn(MouseEvent) + Clone + 'static {
    let id = id.into();
    move |event| place(&event, &id)
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, MouseEvent};

    fn size(value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>) -> f64 {
        value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
    }

    /// Puts a popover under the control that was clicked, on the side with more room.
    pub(crate) fn place(event: &MouseEvent, id: &str) {
        let control = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let (Some(control), Some(panel)) = (control, document().get_element_by_id(id)) else {
            return;
        };
        let rect = control.get_bounding_client_rect();
        let (width, height) = (size(window().inner_width()), size(window().inner_height()));
        let side = if rect.left() + rect.right() > width {
            format!("right:{}px", (width - rect.right()).max(8.0))
        } else {
            format!("left:{}px", rect.left().max(8.0))
        };
        let above = rect.top();
        let below = height - rect.bottom();
        let end = if below < 240.0 && above > below {
            format!(
                "bottom:{}px;max-height:{}px",
                height - above + 4.0,
                above - 12.0
            )
        } else {
            format!(
                "top:{}px;max-height:{}px",
                rect.bottom() + 4.0,
                below - 12.0
            )
        };
        let style = format!("inset:auto;margin:0;{side};{end}");
        drop(panel.set_attribute("style", &style));
    }

    /// Closes a popover.
    pub(crate) fn hide(id: &str) {
        if let Some(panel) = document().get_element_by_id(id) {
            let hide = js_sys::Reflect::get(&panel, &"hidePopover".into());
            if let Some(hide) = hide
                .ok()
                .and_then(|hide| hide.dyn_into::<js_sys::Function>().ok())
            {
                drop(hide.call0(&panel));
            }
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod server {
    use leptos::ev::MouseEvent;

    pub(crate) fn place(_: &MouseEvent, _: &str) {}
    pub(crate) fn hide(_: &str) {}
}
