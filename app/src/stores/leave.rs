//! When the page goes: what is not sent goes out with it, and where that cannot be, the person is asked first.
//!
//! The browser carries a beacon to the server after the page is gone; it tells nobody what came of it. A page that
//! comes after this one in the same tab finds out (`outbox`).

use std::{
    cell::Cell,
    sync::{Arc, atomic::Ordering},
};

use leptos::{ev, prelude::*, server_fn::ServerFn};

use super::{
    server::WriteStore,
    slot::{Slot, Stores},
    status::SaveStatus,
    sync,
    table::Tier,
};
use crate::session;

/// Bytes that go out with the page: browsers carry 64 KiB, the rest of each request included.
const MAX_CARRIED: usize = 60_000;

thread_local! {
    static IS_SENT_AWAY: Cell<bool> = const { Cell::new(false) };
}

/// The page is about to be replaced, by us: it is not the person's any more, and what waits is taken up by the next one.
pub(crate) fn leave_unasked() {
    IS_SENT_AWAY.set(true);
}

/// Watches for the page's end. The handles would stop it when dropped, and this lasts as long as the page.
pub(super) fn watch(stores: &Stores) {
    let leaving = stores.clone();
    std::mem::forget(window_event_listener_untyped("pagehide", move |_| {
        for slot in unsent(&leaving) {
            send_along(&slot);
        }
    }));
    let asked = stores.clone();
    std::mem::forget(window_event_listener(ev::beforeunload, move |event| {
        if !IS_SENT_AWAY.get() && has_to_ask(&asked) {
            event.prevent_default();
        }
    }));
}

fn unsent(stores: &Stores) -> impl Iterator<Item = Arc<Slot>> {
    let slots = stores.all().into_iter();
    slots.filter(|slot| {
        slot.tier == Tier::Server && slot.status.get_untracked() != SaveStatus::Saved
    })
}

/// Whether something would be lost if the tab were closed now: the server is away, or it is writing what the person has
/// changed since (it would take the newer value for another tab's), or it is too much to go out with the page.
fn has_to_ask(stores: &Stores) -> bool {
    let mut carried = 0;
    unsent(stores).any(|slot| {
        let mine = (slot.read)();
        carried += mine.to_string().len();
        let is_overtaken =
            slot.in_flight.load(Ordering::Relaxed) && sync::lock(&slot.sent).last() != Some(&mine);
        slot.status.get_untracked() == SaveStatus::Waiting || is_overtaken || carried > MAX_CARRIED
    })
}

fn send_along(slot: &Slot) {
    let mine = (slot.read)();
    sync::sending(slot, &mine);
    let write = WriteStore {
        key: slot.entry.key.to_owned(),
        data: mine.to_string(),
        expected: slot.version.get_untracked(),
        client: session::tab_id(),
        owner: Some(slot.owner.clone()),
    };
    if let Ok(body) = serde_json::to_string(&write) {
        let navigator = window().navigator();
        drop(navigator.send_beacon_with_opt_str(WriteStore::PATH, Some(&body)));
    }
}
