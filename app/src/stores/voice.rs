//! Lets stores speak to the person. A write outlives the component that caused it, and an event
//! handler has no owner, so there is no context to ask: the page's notices are kept here.

use std::cell::RefCell;

use crate::components::toasts::Toasts;

thread_local! {
    static TOASTS: RefCell<Option<Toasts>> = const { RefCell::new(None) };
}

/// Speaks through these notices from now on.
pub(super) fn speak_through(toasts: Toasts) {
    TOASTS.set(Some(toasts));
}

/// Says something, once there is a page.
pub(super) fn say(speak: impl FnOnce(&Toasts)) {
    TOASTS.with_borrow(|toasts| {
        if let Some(toasts) = toasts {
            speak(toasts);
        }
    });
}
