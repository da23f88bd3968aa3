//! Hands text to the browser's clipboard.
//!
//! **Server-side rendering.** Nothing here is called on the server: only event handlers do.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::js_sys::{Array, Function, Promise, Reflect},
};

use crate::components::toasts::Toasts;

/// Copies a text and says what was copied; where the browser does not let it, says that.
pub(super) fn copy(text: &str, toasts: Toasts, copied: &'static str) {
    let refused = move || {
        toasts
            .error("This browser does not let the page copy. Take the CSV, or the address above.");
    };
    let Some(promise) = write(text) else {
        return refused();
    };
    let done = Closure::once_into_js(move |_: JsValue| toasts.say(copied));
    let failed = Closure::once_into_js(move |_: JsValue| refused());
    call(&promise, "then", &[done, failed]);
}

fn write(text: &str) -> Option<Promise> {
    let navigator = Reflect::get(&window(), &"navigator".into()).ok()?;
    let clipboard = Reflect::get(&navigator, &"clipboard".into()).ok()?;
    call(&clipboard, "writeText", &[text.into()])?
        .dyn_into()
        .ok()
}

fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function = Reflect::get(object, &name.into()).ok()?;
    let function = function.dyn_into::<Function>().ok()?;
    function
        .apply(object, &arguments.iter().collect::<Array>())
        .ok()
}
