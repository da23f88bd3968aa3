//! Writes server stores: debounced, one at a time for each store, compare-and-swap. A conflict is
//! re-applied where the changes touch different fields; what cannot be sent waits and is sent later.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
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
    catch_up(&slot);
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
            saved(slot)
        }
        Err(AppError::Conflict { version, data }) => on_conflict(slot, version, data),
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
        // The person has gone on since: perhaps the server takes what is on screen now.
        Err(_) if slot.edits.load(Ordering::Relaxed) != edit => Next::Again,
        Err(error) => {
            // The server will not take this value, ever: show the last one it took, and say so.
            (slot.adopt)(&base_of(slot));
            say(|toasts| toasts.error(format!("This change was not kept. {error}")));
            saved(slot)
        }
    }
}

/// The server holds what is on screen.
fn saved(slot: &Slot) -> Next {
    outbox::forget(slot);
    slot.status.set(SaveStatus::Saved);
    Next::Done
}

fn on_conflict(slot: &Arc<Slot>, version: u64, theirs: Option<String>) -> Next {
    // What is on screen by now, not what was sent: the person may have gone on in between.
    let mine = (slot.read)();
    let theirs = theirs
        .and_then(|data| serde_json::from_str(&data).ok())
        .unwrap_or(Value::Null);
    let base = base_of(slot);
    settle(slot, version, theirs.clone());
    if version == 0 {
        // It is gone on the server (expired, or a new session): what is on screen is all there is.
        return Next::Again;
    }
    if let Some(merged) = rebase(&base, &mine, &theirs) {
        (slot.adopt)(&merged);
        return if merged == theirs {
            saved(slot)
        } else {
            Next::Again
        };
    }
    (slot.adopt)(&theirs);
    let conflicting = slot.clone();
    say(|toasts| {
        let use_mine = move || {
            (conflicting.adopt)(&mine);
            changed(conflicting.clone());
        };
        let text = "Another tab changed the same thing first. Its change is shown.";
        toasts.offer(text, "Use mine", use_mine);
    });
    saved(slot)
}

/// Another tab wrote. Taken over now, or once this tab's own write is through: that write may be the
/// older of the two and its answer still under way.
pub(crate) fn heard(slot: &Slot, version: u64, data: Value) {
    *lock(&slot.heard) = Some((version, data));
    catch_up(slot);
}

/// Takes over the latest that was heard from elsewhere, unless this tab is about to write itself
/// (then the write finds out and brings both together).
fn catch_up(slot: &Slot) {
    let is_busy = slot.in_flight.load(Ordering::Relaxed);
    if is_busy || slot.status.get_untracked() != SaveStatus::Saved {
        return;
    }
    if let Some((version, data)) = lock(&slot.heard).take()
        && version > slot.version.get_untracked()
    {
        (slot.adopt)(&data);
        settle(slot, version, data);
    }
}

fn settle(slot: &Slot, version: u64, content: Value) {
    slot.version.set(version);
    *lock(&slot.base) = content;
}

fn base_of(slot: &Slot) -> Value {
    lock(&slot.base).clone()
}

fn lock<T>(content: &Mutex<T>) -> MutexGuard<'_, T> {
    content.lock().unwrap_or_else(PoisonError::into_inner)
}
