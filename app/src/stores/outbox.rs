//! What this tab has changed and not yet sent, in session storage: a refresh or a crash of the
//! tab before the write went out loses nothing. It goes with the tab, and is nobody else's: what a
//! person left unsent is not written into the workspace of the next one who logs in here.

use std::sync::{Arc, atomic::Ordering};

use gloo_storage::{SessionStorage, Storage};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    slot::Slot,
    sync::{self, lock},
};

/// An unsent change: the value, what it was made on, and what may have reached the server of it.
#[derive(Serialize, Deserialize)]
struct Unsent {
    value: Value,
    base: Value,
    version: u64,
    #[serde(default)]
    sent: Vec<Value>,
}

/// Where it lies. Without an account: what nobody else has written is taken over by whoever logs in.
fn name(slot: &Slot, owner: &str) -> String {
    format!("hf:unsent:{}{owner}", slot.entry.key)
}

/// Keeps the value on screen until it is sent. A full storage is no reason to stop: the write
/// itself goes out in a moment.
pub(super) fn keep(slot: &Slot) {
    let unsent = Unsent {
        value: (slot.read)(),
        base: lock(&slot.base).clone(),
        version: slot.version.get_untracked(),
        sent: lock(&slot.sent).clone(),
    };
    drop(SessionStorage::set(name(slot, &slot.owner), unsent));
}

/// It is sent, or given up.
pub(super) fn forget(slot: &Slot) {
    SessionStorage::delete(name(slot, &slot.owner));
}

/// Takes up what an earlier page in this tab left unsent. The write is made against the version
/// it was made on, so a change from elsewhere in between is found.
pub(super) fn recall(slot: &Arc<Slot>) {
    if slot.edits.load(Ordering::Relaxed) > 0 {
        return;
    }
    let Some(unsent) = take(slot) else {
        return;
    };
    // What an older program left may not fit this one's type: better nothing than a default in its place.
    if !(slot.adopt)(&unsent.value) {
        return forget(slot);
    }
    *lock(&slot.base) = unsent.base;
    *lock(&slot.sent) = unsent.sent;
    slot.version.set(unsent.version);
    keep(slot);
    spawn_local(sync::resume(slot.clone()));
}

/// One's own, or what one did just before logging in.
fn take(slot: &Slot) -> Option<Unsent> {
    if let Ok(own) = SessionStorage::get(name(slot, &slot.owner)) {
        return Some(own);
    }
    let before = name(slot, "");
    let unsent = SessionStorage::get(&before).ok()?;
    SessionStorage::delete(before);
    Some(unsent)
}
