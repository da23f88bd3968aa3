//! What this tab has changed and not yet sent, in session storage: a refresh or a crash of the
//! tab before the write went out loses nothing.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use gloo_storage::{SessionStorage, Storage};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{slot::Slot, sync};

/// An unsent change: the value, and what it was made on.
#[derive(Serialize, Deserialize)]
struct Unsent {
    value: Value,
    base: Value,
    version: u64,
}

fn name(slot: &Slot) -> String {
    format!("hf:unsent:{}", slot.entry.key)
}

/// Keeps the value on screen until it is sent. A full storage is no reason to stop: the write
/// itself goes out in a moment.
pub(super) fn keep(slot: &Slot) {
    let unsent = Unsent {
        value: (slot.read)(),
        base: slot
            .base
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone(),
        version: slot.version.get_untracked(),
    };
    drop(SessionStorage::set(name(slot), unsent));
}

/// It is sent, or given up.
pub(super) fn forget(slot: &Slot) {
    SessionStorage::delete(name(slot));
}

/// Takes up what an earlier page in this tab left unsent. The write is made against the version
/// it was made on, so a change from elsewhere in between is found.
pub(super) fn recall(slot: &Arc<Slot>) {
    let Ok(unsent) = SessionStorage::get::<Unsent>(name(slot)) else {
        return;
    };
    if slot.edits.load(Ordering::Relaxed) > 0 {
        return;
    }
    *slot.base.lock().unwrap_or_else(PoisonError::into_inner) = unsent.base;
    slot.version.set(unsent.version);
    (slot.adopt)(&unsent.value);
    sync::changed(slot.clone());
}
