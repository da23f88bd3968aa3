//! Speaks with the chart library's bundle, which puts `holdfastChart` on the window.
//!
//! A handle is a number and everything else is JSON. **Server-side rendering.** Nothing here is
//! called on the server: only effects and event handlers do.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys,
};

use crate::components::bundle::Bundle;

/// Apache ECharts with what this page needs of it.
pub(super) const CHART: Bundle = Bundle {
    name: "chart",
    api: "holdfastChart",
};

/// Makes a chart, which is nowhere yet.
pub(super) fn make() -> Option<u32> {
    Some(CHART.call("make", &[])?.as_f64()? as u32)
}

/// Puts a chart into an element; a chart that was drawn already is there at once.
pub(super) fn mount(handle: u32, element: &web_sys::Element) {
    CHART.call("mount", &[handle.into(), element.clone().into()]);
}

/// Draws what the server answered.
pub(super) fn draw(handle: u32, drawing: &str) {
    CHART.call("draw", &[handle.into(), drawing.into()]);
}

/// Outlines a selection.
pub(super) fn show(handle: u32, region: &str) {
    CHART.call("show", &[handle.into(), region.into()]);
}

/// Takes a tool in hand.
pub(super) fn tool(handle: u32, name: &str) {
    CHART.call("tool", &[handle.into(), name.into()]);
}

/// Shows a part of the scales, as [`on_zoom`] told it.
pub(super) fn zoom(handle: u32, part: &str) {
    CHART.call("zoom", &[handle.into(), part.into()]);
}

/// Calls back with each selection made in the chart, as JSON.
pub(super) fn on_select(handle: u32, selected: impl Fn(String) + 'static) {
    listen(handle, "onSelect", selected);
}

/// Calls back with the part of the scales that is gone to, as JSON; with `null` for the whole.
pub(super) fn on_zoom(handle: u32, zoomed: impl Fn(String) + 'static) {
    listen(handle, "onZoom", zoomed);
}

fn listen(handle: u32, to: &str, heard: impl Fn(String) + 'static) {
    let callback = Closure::<dyn Fn(String)>::new(heard).into_js_value();
    CHART.call(to, &[handle.into(), callback]);
}

/// Saves the chart as a picture, `png` or `svg`. Whether it did.
pub(super) fn download(handle: u32, kind: &str, name: &str) -> bool {
    save(handle, kind, name).is_some()
}

fn save(handle: u32, kind: &str, name: &str) -> Option<()> {
    let address = CHART
        .call("exportImage", &[handle.into(), kind.into()])?
        .as_string()?;
    if address.is_empty() {
        return None;
    }
    let link = document().create_element("a").ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", &format!("{name}.{kind}"))
        .ok()?;
    link.unchecked_into::<web_sys::HtmlElement>().click();
    Some(())
}
