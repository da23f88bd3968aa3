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
    outbox,
    pause::pause,
    rebase::{Rebased, rebase},
    server::{read_store, write_store},
    slot::{Slot, Stores},
    status::SaveStatus,
    voice::say,
};
use crate::{AppError, boot::Stored, session};

/// Quiet time before a change is sent: a drag or a burst of keys becomes one write.
const DEBOUNCE: Duration = Duration::from_millis(150);
/// Values sent without an answer that are remembered. One that is forgotten costs a question, not a change.
const MAX_SENT: usize = 8;

/// A store changed on screen.
pub(crate) fn changed(slot: Arc<Slot>) {
    let edit = slot.edits.fetch_add(1, Ordering::Relaxed) + 1;
    slot.status.set(SaveStatus::Saving);
    outbox::keep(&slot);
    spawn_local(async move {
        sleep(DEBOUNCE).await;
        // The write before this one may have taken it along: the same again would be a change that changes nothing.
        let is_sent = slot.status.get_untracked() == SaveStatus::Saved;
        if slot.edits.load(Ordering::Relaxed) == edit && !is_sent {
            flush(slot).await;
        }
    });
}

/// Sends what is not sent.
pub(crate) async fn flush(slot: Arc<Slot>) {
    if slot.in_flight.swap(true, Ordering::Relaxed) {
        return;
    }
    let mut may_reopen = true;
    while let Next::Again = write_once(&slot, &mut may_reopen).await {}
    slot.in_flight.store(false, Ordering::Relaxed);
    catch_up(&slot);
}

/// Sends what waits in any store: the server is back.
pub(super) fn flush_waiting(stores: &Stores) {
    for slot in stores.all() {
        if slot.status.get_untracked() == SaveStatus::Waiting {
            spawn_local(flush(slot));
        }
    }
}

/// Sends what an earlier page of this tab left, unless it is there already: that page may have sent it as it went.
pub(super) async fn resume(slot: Arc<Slot>) {
    slot.status.set(SaveStatus::Saving);
    if slot.in_flight.swap(true, Ordering::Relaxed) {
        return;
    }
    let next = match read_store(slot.entry.key.to_owned()).await {
        Ok(Stored { version, data }) if !is_base(&slot, version, data.as_ref()) => {
            on_conflict(&slot, version, data.unwrap_or_default())
        }
        _ => Next::Again,
    };
    slot.in_flight.store(false, Ordering::Relaxed);
    match next {
        Next::Again => flush(slot).await,
        Next::Done => catch_up(&slot),
    }
}

enum Next {
    Again,
    Done,
}

async fn write_once(slot: &Arc<Slot>, may_reopen: &mut bool) -> Next {
    let edit = slot.edits.load(Ordering::Relaxed);
    let mine = (slot.read)();
    let expected = slot.version.get_untracked();
    let (key, owner) = (slot.entry.key.to_owned(), Some(slot.owner.clone()));
    sending(slot, &mine);
    match write_store(key, mine.to_string(), expected, session::tab_id(), owner).await {
        Ok(version) => {
            settle(slot, version, mine);
            if slot.edits.load(Ordering::Relaxed) != edit {
                outbox::keep(slot);
                return Next::Again;
            }
            saved(slot)
        }
        Err(AppError::Conflict { version, data }) => {
            let theirs = data.and_then(|data| serde_json::from_str(&data).ok());
            on_conflict(slot, version, theirs.unwrap_or_default())
        }
        // Once: where the browser keeps no cookie, each session is the first.
        Err(AppError::NoSession) if std::mem::take(may_reopen) && session::reopen().await => {
            Next::Again
        }
        Err(error) if !error.is_final() => wait(slot),
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

/// Notes that the server may hold this value from now on, whether it answers or not; a page that comes after this one
/// has to know it too.
pub(super) fn sending(slot: &Slot, value: &Value) {
    {
        let mut sent = lock(&slot.sent);
        if sent.last() != Some(value) {
            sent.push(value.clone());
        }
        let surplus = sent.len().saturating_sub(MAX_SENT);
        sent.drain(..surplus);
    }
    outbox::keep(slot);
}

/// The change waits in this tab, and is tried again after a while: one timer for each store.
fn wait(slot: &Arc<Slot>) -> Next {
    slot.status.set(SaveStatus::Waiting);
    if !slot.is_retrying.swap(true, Ordering::Relaxed) {
        let failures = slot.failures.fetch_add(1, Ordering::Relaxed) + 1;
        let slot = slot.clone();
        spawn_local(async move {
            sleep(pause(failures, js_sys::Math::random())).await;
            slot.is_retrying.store(false, Ordering::Relaxed);
            if slot.status.get_untracked() == SaveStatus::Waiting {
                flush(slot).await;
            }
        });
    }
    Next::Done
}

/// The server holds what is on screen.
fn saved(slot: &Slot) -> Next {
    outbox::forget(slot);
    slot.status.set(SaveStatus::Saved);
    Next::Done
}

fn on_conflict(slot: &Arc<Slot>, version: u64, theirs: Value) -> Next {
    // What is on screen by now, not what was sent: the person may have gone on in between.
    let mine = (slot.read)();
    let Rebased {
        theirs_first: shown,
        mine_first: wanted,
    } = rebase(&base_of(slot), &mine, &theirs, &lock(&slot.sent));
    let is_theirs = shown == theirs;
    settle(slot, version, theirs);
    if version == 0 {
        // It is gone on the server (expired, or a new session): what is on screen is all there is.
        return Next::Again;
    }
    (slot.adopt)(&shown);
    if shown != wanted {
        offer_mine(slot.clone(), shown, wanted);
    }
    if is_theirs {
        return saved(slot);
    }
    outbox::keep(slot);
    Next::Again
}

/// Lets the person have it their way: in what contradicted, on top of whatever is there by then.
fn offer_mine(slot: Arc<Slot>, shown: Value, wanted: Value) {
    let use_mine = move || {
        let now = (slot.read)();
        (slot.adopt)(&rebase(&shown, &wanted, &now, &[]).mine_first);
        changed(slot.clone());
    };
    let text = "Another tab changed the same thing first. Its change is shown.";
    say(|toasts| toasts.offer(text, "Use mine", use_mine));
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

/// The server has said what it holds: whatever was on its way has arrived by now, or never will.
fn settle(slot: &Slot, version: u64, content: Value) {
    slot.version.set(version);
    *lock(&slot.base) = content;
    lock(&slot.sent).clear();
    slot.failures.store(0, Ordering::Relaxed);
}

/// Whether this is what the change was made on. The number alone would not do: another workspace counts for itself.
fn is_base(slot: &Slot, version: u64, data: Option<&Value>) -> bool {
    version == slot.version.get_untracked() && data.is_none_or(|data| *data == *lock(&slot.base))
}

fn base_of(slot: &Slot) -> Value {
    lock(&slot.base).clone()
}

pub(super) fn lock<T>(content: &Mutex<T>) -> MutexGuard<'_, T> {
    content.lock().unwrap_or_else(PoisonError::into_inner)
}
