//! Speaks with the chart library's bundle, which puts `holdfastChart` on the window.
//!
//! A handle is a number and everything else is JSON. **Server-side rendering.** Nothing here is
//! called on the server: only effects and event handlers do.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{
        self,
        js_sys::{Array, Function, Reflect},
    },
};

const API: &str = "holdfastChart";
const SCRIPT: &str = "hf-chart-script";

/// Loads the bundle once, and says whether it is there.
pub(super) fn load(path: &str, done: impl Fn(bool) + 'static) {
    if api().is_some() {
        done(true);
        return;
    }
    let Some(script) = script(path) else {
        done(false);
        return;
    };
    let end = script.clone();
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        let is_there = event.type_() == "load" && api().is_some();
        if !is_there {
            // Another visit to the page tries again.
            end.remove();
        }
        done(is_there);
    });
    let listener = listener.into_js_value();
    for event in ["load", "error"] {
        drop(script.add_event_listener_with_callback(event, listener.unchecked_ref()));
    }
}

/// The element that loads the bundle; a second call finds the first one's.
fn script(path: &str) -> Option<web_sys::Element> {
    if let Some(script) = document().get_element_by_id(SCRIPT) {
        return Some(script);
    }
    let script = document().create_element("script").ok()?;
    let path = path.trim_start_matches('/');
    for (name, value) in [
        ("id", SCRIPT),
        ("type", "module"),
        ("src", &format!("/{path}")),
    ] {
        script.set_attribute(name, value).ok()?;
    }
    document().head()?.append_child(&script).ok()?;
    Some(script)
}

/// Makes a chart, which is nowhere yet.
pub(super) fn make() -> Option<u32> {
    Some(call("make", &[])?.as_f64()? as u32)
}

/// Puts a chart into an element; a chart that was drawn already is there at once.
pub(super) fn mount(handle: u32, element: &web_sys::Element) {
    call("mount", &[handle.into(), element.clone().into()]);
}

/// Draws what the server answered.
pub(super) fn draw(handle: u32, drawing: &str) {
    call("draw", &[handle.into(), drawing.into()]);
}

/// Outlines a selection.
pub(super) fn show(handle: u32, region: &str) {
    call("show", &[handle.into(), region.into()]);
}

/// Takes a tool in hand.
pub(super) fn tool(handle: u32, name: &str) {
    call("tool", &[handle.into(), name.into()]);
}

/// Calls back with each selection made in the chart, as JSON.
pub(super) fn on_select(handle: u32, selected: impl Fn(String) + 'static) {
    let callback = Closure::<dyn Fn(String)>::new(selected).into_js_value();
    call("onSelect", &[handle.into(), callback]);
}

/// Saves the chart as a picture, `png` or `svg`. Whether it did.
pub(super) fn download(handle: u32, kind: &str, name: &str) -> bool {
    save(handle, kind, name).is_some()
}

fn save(handle: u32, kind: &str, name: &str) -> Option<()> {
    let address = call("exportImage", &[handle.into(), kind.into()])?.as_string()?;
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

fn api() -> Option<JsValue> {
    let api = Reflect::get(&window(), &API.into()).ok()?;
    api.is_object().then_some(api)
}

fn call(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let api = api()?;
    let function = Reflect::get(&api, &name.into())
        .ok()?
        .dyn_into::<Function>()
        .ok()?;
    function
        .apply(&api, &arguments.iter().collect::<Array>())
        .ok()
}
