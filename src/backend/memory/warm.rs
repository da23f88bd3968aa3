//! Which states are kept ready to be read, and which only as JSON: those in use, within so many bytes.
//!
//! As a tree of values a state takes five to ten times the memory of its JSON. So the JSON is what is
//! kept, and this is a cache of what it says: what was written or read is warm, and gives way (a clock
//! with a second chance) when there is no more room.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use super::slot::{Slot, Stand, Warmed};
use crate::State;

/// Memory for warm states: some 20,000 small ones.
const BYTES: u64 = 64 * 1024 * 1024;

/// A state that takes more than this would push out too many others.
const LARGEST: u64 = BYTES / 16;

/// The warm states. Locks are taken in this order: the queue, then a stand.
#[derive(Debug, Default)]
pub(super) struct Warm {
    bytes: AtomicU64,
    /// Each warm slot once; the front gives way first.
    queue: Mutex<VecDeque<Arc<Slot>>>,
}

impl Warm {
    /// Puts what a slot stands at into it, or takes out what it does not stand at any more. Whoever did
    /// this calls [`Warm::settle`] once the stand is free.
    pub(super) fn put(&self, stand: &mut Stand, state: &Arc<State>, bytes: u32) {
        let warmed = (u64::from(bytes) <= LARGEST).then(|| {
            self.bytes.fetch_add(u64::from(bytes), Relaxed);
            let state = Arc::clone(state);
            Warmed { state, bytes }
        });
        let old = std::mem::replace(&mut stand.warm, warmed);
        self.forget(old.as_ref());
    }

    fn forget(&self, old: Option<&Warmed>) {
        if let Some(old) = old {
            self.bytes.fetch_sub(u64::from(old.bytes), Relaxed);
        }
    }

    /// Puts slots whose states became warm into the queue, and makes room.
    pub(super) fn settle(&self, became_warm: impl IntoIterator<Item = Arc<Slot>>) {
        let mut became_warm = became_warm.into_iter().peekable();
        if became_warm.peek().is_none() && self.bytes.load(Relaxed) <= BYTES {
            return;
        }
        // What gives way is freed when nobody waits for the queue any more.
        let mut cold = Vec::new();
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.extend(became_warm);
        // Each may have its second chance, and then has to go.
        for _ in 0..2 * queue.len() {
            if self.bytes.load(Relaxed) <= BYTES {
                break;
            }
            let Some(first) = queue.pop_front() else {
                break;
            };
            let mut stand = first.stand();
            if std::mem::take(&mut stand.is_wanted) {
                drop(stand);
                queue.push_back(first);
            } else {
                stand.is_queued = false;
                let old = stand.warm.take();
                drop(stand);
                self.forget(old.as_ref());
                cold.push((old, first));
            }
        }
        drop(queue);
        drop(cold);
    }

    #[cfg(test)]
    pub(super) fn is_within_its_bound(&self) -> bool {
        // What was just made warm stands on top until room was made for it.
        self.bytes.load(Relaxed) <= BYTES + 4 * LARGEST
    }
}
