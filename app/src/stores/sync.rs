//! Writes server stores: debounced, one at a time for each store, compare-and-swap. A conflict is
//! re-applied where the changes touch different fields; what cannot be sent waits and is sent later.

use std::{
    sync::{Arc, PoisonError, atomic::Ordering},
    time::Duration,
};

use gloo_timers::future::sleep;
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

use super::{
    outbox, rebase::rebase, server::write_store, slot::Slot, status::SaveStatus, voice::say,
};
use crate::{AppError, session};

/// Quiet time before a change is sent: a drag or a burst of keys becomes one write.
const DEBOUNCE: Duration = Duration::from_millis(150);
/// Time between two tries while the server cannot be reached.
const RETRY: Duration = Duration::from_secs(2);

/// A store changed on screen.
pub(crate) fn changed(slot: Arc<Slot>) {
    let edit = slot.edits.fetch_add(1, Ordering::Relaxed) + 1;
    slot.status.set(SaveStatus::Saving);
    outbox::keep(&slot);
    spawn_local(async move {
        sleep(DEBOUNCE).await;
        if slot.edits.load(Ordering::Relaxed) == edit {
            flush(slot).await;
        }
    });
}

/// Sends what is not sent.
pub(crate) async fn flush(slot: Arc<Slot>) {
    if slot.in_flight.swap(true, Ordering::Relaxed) {
        return;
    }
    while let Next::Again = write_once(&slot).await {}
    slot.in_flight.store(false, Ordering::Relaxed);
}

enum Next {
    Again,
    Done,
}

async fn write_once(slot: &Arc<Slot>) -> Next {
    let edit = slot.edits.load(Ordering::Relaxed);
    let mine = (slot.read)();
    let expected = slot.version.get_untracked();
    let key = slot.entry.key.to_owned();
    match write_store(key, mine.to_string(), expected, session::tab_id()).await {
        Ok(version) => {
            settle(slot, version, mine);
            if slot.edits.load(Ordering::Relaxed) != edit {
                return Next::Again;
            }
            outbox::forget(slot);
            slot.status.set(SaveStatus::Saved);
            Next::Done
        }
        Err(AppError::Conflict { version, data }) => on_conflict(slot, &mine, version, data),
        Err(AppError::NoSession) if session::reopen().await => Next::Again,
        Err(AppError::Offline | AppError::NoSession | AppError::Busy(_)) => {
            slot.status.set(SaveStatus::Waiting);
            let slot = slot.clone();
            spawn_local(async move {
                sleep(RETRY).await;
                if slot.status.get_untracked() == SaveStatus::Waiting {
                    flush(slot).await;
                }
            });
            Next::Done
        }
        Err(error) => {
            // The server will not take this value, ever: show the last one it took, and say so.
            let base = base_of(slot);
            (slot.adopt)(&base);
            outbox::forget(slot);
            slot.status.set(SaveStatus::Saved);
            say(|toasts| toasts.error(format!("This change was not kept. {error}")));
            Next::Done
        }
    }
}

fn on_conflict(slot: &Arc<Slot>, mine: &Value, version: u64, theirs: Option<String>) -> Next {
    let theirs = theirs
        .and_then(|data| serde_json::from_str(&data).ok())
        .unwrap_or(Value::Null);
    let base = base_of(slot);
    settle(slot, version, theirs.clone());
    if version == 0 {
        // It is gone on the server (expired, or a new session): what is on screen is all there is.
        return Next::Again;
    }
    if let Some(merged) = rebase(&base, mine, &theirs) {
        (slot.adopt)(&merged);
        return Next::Again;
    }
    (slot.adopt)(&theirs);
    outbox::forget(slot);
    slot.status.set(SaveStatus::Saved);
    let (slot, mine) = (slot.clone(), mine.clone());
    say(|toasts| {
        let use_mine = move || {
            (slot.adopt)(&mine);
            changed(slot.clone());
        };
        let text = "Another tab changed the same thing first. Its change is shown.";
        toasts.offer(text, "Use mine", use_mine);
    });
    Next::Done
}

/// Another tab wrote: take it over, unless this tab is about to write itself (then the write
/// finds out and brings both together).
pub(crate) fn heard(slot: &Arc<Slot>, version: u64, data: &Value) {
    let is_newer = version > slot.version.get_untracked();
    if is_newer && slot.status.get_untracked() == SaveStatus::Saved {
        settle(slot, version, data.clone());
        (slot.adopt)(data);
    }
}

fn settle(slot: &Slot, version: u64, content: Value) {
    slot.version.set(version);
    *slot.base.lock().unwrap_or_else(PoisonError::into_inner) = content;
}

fn base_of(slot: &Slot) -> Value {
    slot.base
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}
