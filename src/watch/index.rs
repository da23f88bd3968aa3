//! Who wants which change, found without asking everybody.
//!
//! Each watcher stands under the narrowest thing it names: its ids, else its scope, else its
//! kinds, else everything. A change has one id, one scope and one kind, so it meets each
//! interest of a watcher at most once, and whom it meets is then asked for the rest.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use tokio::sync::mpsc;

use super::wants;
use crate::{Change, Interest, Kind, Scope, StateId};

/// One watcher, as the dispatcher knows it.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) number: u64,
    pub(super) interests: Arc<[Interest]>,
    pub(super) queue: mpsc::Sender<Arc<Change>>,
}

type Bucket = Vec<Arc<Seat>>;

#[derive(Debug, Default)]
pub(super) struct Index {
    by_id: HashMap<StateId, Bucket>,
    by_scope: HashMap<Scope, Bucket>,
    by_kind: HashMap<Kind, Bucket>,
    rest: Bucket,
    seats: HashMap<u64, Arc<Seat>>,
}

impl Index {
    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub(super) fn add(&mut self, seat: Seat) {
        let seat = Arc::new(seat);
        self.seats.insert(seat.number, Arc::clone(&seat));
        for interest in &*seat.interests {
            if !interest.ids.is_empty() {
                place(&mut self.by_id, &interest.ids, &seat);
            } else if let Some(scope) = &interest.scope {
                place(&mut self.by_scope, [scope], &seat);
            } else if !interest.kinds.is_empty() {
                place(&mut self.by_kind, &interest.kinds, &seat);
            } else {
                self.rest.push(Arc::clone(&seat));
            }
        }
    }

    pub(super) fn remove(&mut self, number: u64) {
        let Some(seat) = self.seats.remove(&number) else {
            return;
        };
        for interest in &*seat.interests {
            if !interest.ids.is_empty() {
                displace(&mut self.by_id, &interest.ids, number);
            } else if let Some(scope) = &interest.scope {
                displace(&mut self.by_scope, [scope], number);
            } else if !interest.kinds.is_empty() {
                displace(&mut self.by_kind, &interest.kinds, number);
            } else {
                self.rest.retain(|seat| seat.number != number);
            }
        }
    }

    /// Those who want this change.
    pub(super) fn wanting(&self, change: &Change) -> impl Iterator<Item = &Seat> {
        let state = &change.after;
        let buckets = [
            self.by_id.get(&state.id),
            self.by_scope.get(&state.scope),
            self.by_kind.get(&state.kind),
            Some(&self.rest),
        ];
        let met = buckets.into_iter().flatten().flatten();
        met.map(|seat| &**seat)
            .filter(|seat| wants(&seat.interests, change))
    }
}

fn place<'a, K: Hash + Eq + Clone + 'a>(
    buckets: &mut HashMap<K, Bucket>,
    keys: impl IntoIterator<Item = &'a K>,
    seat: &Arc<Seat>,
) {
    for key in keys {
        let bucket = buckets.entry(key.clone()).or_default();
        // Somebody may name the same id twice, and still wants to hear of it once.
        if bucket.last().is_none_or(|last| last.number != seat.number) {
            bucket.push(Arc::clone(seat));
        }
    }
}

fn displace<'a, K: Hash + Eq + 'a>(
    buckets: &mut HashMap<K, Bucket>,
    keys: impl IntoIterator<Item = &'a K>,
    number: u64,
) {
    for key in keys {
        if let Some(bucket) = buckets.get_mut(key) {
            bucket.retain(|seat| seat.number != number);
            if bucket.is_empty() {
                buckets.remove(key);
            }
        }
    }
}
