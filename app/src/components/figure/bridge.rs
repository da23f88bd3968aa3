//! Speaks with the bundle that draws figures, which puts `holdfastFigure` on the window.
//!
//! A handle is a number and a figure is JSON. **Server-side rendering.** Nothing here is called on the server: only
//! effects and event handlers do.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};

use super::types::Figure;
use crate::components::bundle::Bundle;

/// Apache ECharts with what figures need of it.
pub(super) const FIGURE: Bundle = Bundle {
    name: "figure",
    api: "holdfastFigure",
};

/// Makes a figure in an element.
pub(super) fn make(element: &web_sys::Element) -> Option<u32> {
    Some(FIGURE.call("make", &[element.clone().into()])?.as_f64()? as u32)
}

/// Draws it.
pub(super) fn draw(handle: u32, figure: &Figure) {
    if let Ok(figure) = serde_json::to_string(figure) {
        FIGURE.call("draw", &[handle.into(), figure.as_str().into()]);
    }
}

/// Lets go of it.
pub(super) fn dispose(handle: u32) {
    FIGURE.call("dispose", &[handle.into()]);
}

/// Saves it as a picture, `png` or `svg`. Whether it did.
pub(super) fn save_picture(handle: u32, kind: &str, name: &str) -> bool {
    picture(handle, kind, name).is_some()
}

fn picture(handle: u32, kind: &str, name: &str) -> Option<()> {
    let address = FIGURE
        .call("exportImage", &[handle.into(), kind.into()])?
        .as_string()?;
    if address.is_empty() {
        return None;
    }
    let link = document().create_element("a").ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", &[name, ".", kind].concat())
        .ok()?;
    link.unchecked_into::<web_sys::HtmlElement>().click();
    Some(())
}

/// Saves its rows. Whether it did.
pub(super) fn save_csv(name: &str, text: &str) -> bool {
    let name = [name, ".csv"].concat();
    let arguments = [name.as_str().into(), "text/csv".into(), text.into()];
    FIGURE.call("saveText", &arguments).is_some()
}
