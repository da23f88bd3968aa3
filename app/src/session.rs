//! The browser's side of the session: opened once for all tabs, before anything else is asked.
//!
//! Pages never set the session cookie; one door does, `POST /session`, and tabs pass it one after
//! the other under a lock that the browser keeps for the whole origin. The cookie itself is
//! `HttpOnly`: nothing here ever sees it.

use std::cell::RefCell;

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use crate::boot::BOOT_ELEMENT;

/// The event of this page's window that says that there is a session again.
pub(crate) const OPENED: &str = "holdfast-session";
const DOOR: &str = "/session";
const LOCK: &str = "holdfast-session";

thread_local! {
    static TAB: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Names this tab, so that it can tell its own changes from another's. Lives as long as the page.
pub(crate) fn tab_id() -> String {
    TAB.with_borrow_mut(|tab| {
        if tab.is_empty() {
            *tab = format!("{:x}{:x}", random_bits(), random_bits());
        }
        tab.clone()
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "random() is in [0, 1)"
)]
fn random_bits() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}

/// Opens the session if the page was rendered without one. Called before the page comes alive.
pub async fn ensure_session() {
    let has_session = snapshot().is_some_and(|text| text.starts_with(r#"{"has_session":true"#));
    if !has_session {
        open().await;
    }
}

/// Opens a session after the server said that there is none any more.
///
/// Where somebody was logged in it is their login that ended: what is on screen is theirs, and must not end up in a
/// session that is nobody's. The page goes.
pub(crate) async fn reopen() -> bool {
    if was_logged_in() {
        crate::stores::leave_unasked();
        drop(window().location().assign("/account?done=ended"));
        return false;
    }
    let is_open = open().await;
    if is_open && let Ok(event) = web_sys::Event::new(OPENED) {
        drop(window().dispatch_event(&event));
    }
    is_open
}

/// Whether the page was rendered for somebody who is logged in. Quotes inside a text are escaped, so these are none.
fn was_logged_in() -> bool {
    snapshot().is_some_and(|text| text.contains(r#""me":{"key":"#))
}

fn snapshot() -> Option<String> {
    document().get_element_by_id(BOOT_ELEMENT)?.text_content()
}

async fn open() -> bool {
    let request = Closure::<dyn FnMut() -> Promise>::new(|| {
        let options = web_sys::RequestInit::new();
        options.set_method("POST");
        window().fetch_with_str_and_init(DOOR, &options)
    });
    match with_lock(LOCK, request.as_ref().unchecked_ref()) {
        Some(done) => JsFuture::from(done)
            .await
            .is_ok_and(|answer| answer.unchecked_into::<web_sys::Response>().ok()),
        None => false,
    }
}

/// Calls `work` while no other tab of this origin holds the lock, until its promise is kept. Locks
/// need a secure context (https, or localhost); without one, tabs do not wait for each other.
pub(crate) fn with_lock(name: &str, work: &Function) -> Option<Promise> {
    let done = match locks() {
        Some((locks, method)) => method.call2(&locks, &JsValue::from_str(name), work),
        None => work.call0(&JsValue::NULL),
    };
    done.ok().map(JsValue::unchecked_into)
}

fn locks() -> Option<(JsValue, Function)> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let method = Reflect::get(&locks, &"request".into()).ok()?;
    Some((locks, method.dyn_into().ok()?))
}
