//! JavaScript libraries that a page loads when it is opened: each bundle puts its functions on the window.
//!
//! **Server-side rendering.** Nothing here is called on the server: only effects and event handlers do.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{
        self,
        js_sys::{Array, Function, Reflect},
    },
};

use crate::boot::use_boot;

/// One bundle of `frontend/js`.
#[derive(Clone, Copy)]
pub(crate) struct Bundle {
    /// Its entry's stem.
    pub(crate) name: &'static str,
    /// The object it puts on the window.
    pub(crate) api: &'static str,
}

impl Bundle {
    /// Loads it once, and says whether it is there.
    pub(crate) fn load(self, done: impl Fn(bool) + 'static) {
        if self.api().is_some() {
            done(true);
            return;
        }
        let path = use_boot().with_value(|boot| boot.bundles.get(self.name).cloned());
        let Some(script) = self.script(&path.unwrap_or_default()) else {
            done(false);
            return;
        };
        let end = script.clone();
        let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
            let is_there = event.type_() == "load" && self.api().is_some();
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
    fn script(self, path: &str) -> Option<web_sys::Element> {
        let id = ["hf-bundle-", self.name].concat();
        if let Some(script) = document().get_element_by_id(&id) {
            return Some(script);
        }
        let script = document().create_element("script").ok()?;
        let path = path.trim_start_matches('/');
        for (name, value) in [
            ("id", id.as_str()),
            ("type", "module"),
            ("src", &["/", path].concat()),
        ] {
            script.set_attribute(name, value).ok()?;
        }
        document().head()?.append_child(&script).ok()?;
        Some(script)
    }

    fn api(self) -> Option<JsValue> {
        let api = Reflect::get(&window(), &self.api.into()).ok()?;
        api.is_object().then_some(api)
    }

    /// Calls one of its functions.
    pub(crate) fn call(self, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
        let api = self.api()?;
        let function = Reflect::get(&api, &name.into())
            .ok()?
            .dyn_into::<Function>()
            .ok()?;
        function
            .apply(&api, &arguments.iter().collect::<Array>())
            .ok()
    }
}
