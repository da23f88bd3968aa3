//! Browser stores: session storage, mirrored in one small cookie so that the server renders them
//! right. The cookie is the browser's latest choice; storage holds what does not fit into it, and
//! what the server need not know.

use std::cell::Cell;
use std::collections::BTreeMap;

use gloo_storage::{SessionStorage, Storage};
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::{slot::Slot, voice::say};

/// Longest cookie: browsers cut at 4096 bytes with name and attributes.
const MAX_COOKIE: usize = 3_000;
/// Name of the cookie. It is no secret: it says whether the page is dark.
const COOKIE: &str = "hf_ui";

thread_local! {
    static IS_FULL_SAID: Cell<bool> = const { Cell::new(false) };
}

/// What the cookie says by now: other tabs write it too.
fn mirror() -> BTreeMap<String, Value> {
    let page = document().dyn_into::<web_sys::HtmlDocument>().ok();
    let cookies = page.and_then(|page| page.cookie().ok()).unwrap_or_default();
    let own = cookies
        .split("; ")
        .filter_map(|cookie| cookie.split_once('='))
        .find(|(name, _)| *name == COOKIE);
    own.and_then(|(_, text)| js_sys::decode_uri_component(text).ok())
        .and_then(|text| crate::json::read(&String::from(text)).ok())
        .unwrap_or_default()
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
    if slot.entry.is_mirrored {
        let mut mirror = mirror();
        mirror.insert(slot.entry.key.to_owned(), value);
        write_cookie(mirror, slot.entry.key);
    }
}

/// Takes up a preference that the cookie does not have. Broken or outdated content is the default.
pub(super) fn recall(slot: &Slot) {
    if let Ok(value) = SessionStorage::get::<Value>(name(slot)) {
        (slot.adopt)(&value);
    }
}

fn write_cookie(mut mirror: BTreeMap<String, Value>, latest: &str) {
    let encode = |mirror: &BTreeMap<String, Value>| {
        let json = serde_json::to_string(mirror).unwrap_or_default();
        String::from(js_sys::encode_uri_component(&json))
    };
    let mut text = encode(&mirror);
    if text.len() > MAX_COOKIE {
        mirror.remove(latest);
        text = encode(&mirror);
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
