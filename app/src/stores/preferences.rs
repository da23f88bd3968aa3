//! Browser stores: session storage, mirrored in one small cookie so that the server renders them
//! right. The cookie is the browser's latest choice; storage holds what does not fit into it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use gloo_storage::{SessionStorage, Storage};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::{slot::Slot, voice::say};
use crate::boot::use_boot;

/// Longest cookie: browsers cut at 4096 bytes with name and attributes.
const MAX_COOKIE: usize = 3_000;
/// Name of the cookie. It is no secret: it says whether the page is dark.
const COOKIE: &str = "hf_ui";

thread_local! {
    /// What the cookie mirrors.
    static MIRROR: RefCell<BTreeMap<String, Value>> = const { RefCell::new(BTreeMap::new()) };
    static IS_FULL_SAID: Cell<bool> = const { Cell::new(false) };
}

/// Starts the mirror from what the server saw in the cookie.
pub(crate) fn start() {
    MIRROR.set(use_boot().with_value(|boot| boot.preferences.clone()));
}

fn name(slot: &Slot) -> String {
    format!("hf:{}", slot.entry.key)
}

/// Keeps a preference. A full or forbidden storage leaves it in memory, with a notice.
pub(super) fn keep(slot: &Slot) {
    let value = (slot.read)();
    if SessionStorage::set(name(slot), &value).is_err() && !IS_FULL_SAID.replace(true) {
        say(|toasts| {
            toasts.say("This browser's storage is full or off: preferences last until you close this page.");
        });
    }
    MIRROR.with_borrow_mut(|mirror| {
        mirror.insert(slot.entry.key.to_owned(), value);
        write_cookie(mirror, slot.entry.key);
    });
}

/// Takes up a preference that the cookie has no room for. Broken or outdated content is the default.
pub(super) fn recall(slot: &Slot) {
    if let Ok(value) = SessionStorage::get::<Value>(name(slot)) {
        (slot.adopt)(&value);
    }
}

fn write_cookie(mirror: &mut BTreeMap<String, Value>, latest: &str) {
    let encode = |mirror: &BTreeMap<String, Value>| {
        let json = serde_json::to_string(mirror).unwrap_or_default();
        String::from(js_sys::encode_uri_component(&json))
    };
    let mut text = encode(mirror);
    if text.len() > MAX_COOKIE {
        mirror.remove(latest);
        text = encode(mirror);
    }
    set_cookie(COOKIE, &text, "; Max-Age=31536000");
}

/// A cookie of the page's own, until the browser is closed unless more is said.
pub(super) fn set_cookie(name: &str, value: &str, more: &str) {
    if let Ok(page) = document().dyn_into::<web_sys::HtmlDocument>() {
        let secure = if location().protocol().is_ok_and(|p| p == "https:") {
            "; Secure"
        } else {
            ""
        };
        let cookie = format!("{name}={value}; Path=/{more}; SameSite=Lax{secure}");
        drop(page.set_cookie(&cookie));
    }
}
