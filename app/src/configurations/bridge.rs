//! Speaks with the editor's bundle, which puts `holdfastEditor` on the window.
//!
//! **Server-side rendering.** Nothing here is called on the server: only effects and event handlers do.

use leptos::{
    wasm_bindgen::{JsValue, closure::Closure},
    web_sys,
};
use workbench::configurations::{Problem, merge::Format};

use crate::components::bundle::Bundle;

/// CodeMirror with what this page needs of it.
pub(super) const EDITOR: Bundle = Bundle {
    name: "editor",
    api: "holdfastEditor",
};

/// What the editor tells.
pub(super) enum Told {
    /// The text is another.
    Changed,
    /// The caret is in this line.
    Line(u32),
}

/// Makes an editor in an element.
pub(super) fn make(
    element: &web_sys::Element,
    format: Format,
    label: &str,
    text: &str,
    hear: impl Fn(Told) + 'static,
) -> Option<u32> {
    let listener =
        Closure::<dyn Fn(String, u32)>::new(move |what: String, line: u32| match what.as_str() {
            "changed" => hear(Told::Changed),
            _ => hear(Told::Line(line)),
        });
    let format = format.name().to_ascii_lowercase();
    let arguments = [
        element.clone().into(),
        format.into(),
        label.into(),
        text.into(),
        listener.into_js_value(),
    ];
    Some(EDITOR.call("make", &arguments)?.as_f64()? as u32)
}

/// The text.
pub(super) fn text(handle: u32) -> Option<String> {
    EDITOR.call("text", &[handle.into()])?.as_string()
}

/// Puts another text in its place. What the person did is theirs to undo; what came from elsewhere is not.
pub(super) fn replace(handle: u32, text: &str, is_own: bool) {
    EDITOR.call("replace", &[handle.into(), text.into(), is_own.into()]);
}

/// Goes to a line.
pub(super) fn go(handle: u32, line: u32) {
    EDITOR.call("go", &[handle.into(), line.into()]);
}

/// Marks what is wrong.
pub(super) fn problems(handle: u32, problems: &[Problem]) {
    told(handle, "problems", serde_json::to_string(problems));
}

/// Who else is here: line, name, colour.
pub(super) fn peers(handle: u32, peers: &[serde_json::Value]) {
    told(handle, "peers", serde_json::to_string(peers));
}

/// Whether it can only be read.
pub(super) fn fix(handle: u32, is_fixed: bool) {
    EDITOR.call("fix", &[handle.into(), is_fixed.into()]);
}

/// Takes back the last change.
pub(super) fn undo(handle: u32) {
    EDITOR.call("undo", &[handle.into()]);
}

/// Opens the search.
pub(super) fn find(handle: u32) {
    EDITOR.call("find", &[handle.into()]);
}

/// Takes the editor away.
pub(super) fn end(handle: u32) {
    EDITOR.call("end", &[handle.into()]);
}

fn told(handle: u32, what: &str, json: serde_json::Result<String>) {
    if let Ok(json) = json {
        EDITOR.call(what, &[handle.into(), JsValue::from_str(&json)]);
    }
}
