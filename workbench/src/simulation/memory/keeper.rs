//! Which results are held, and which leave first.
//!
//! Room is made *before* a result is loaded, by what it will take, so that memory stays near the budget while it is
//! being loaded and not only afterwards. What is expected of loads under way counts as taken.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use holdfast::Timestamp;
use tokio::sync::Mutex as Gate;

use super::{
    counts::Counts,
    item::{Item, Owner},
};
use crate::simulation::tables::Tables;

/// Results that are remembered though they are not held, for what was counted of them.
const REMEMBERED: usize = 1000;

/// Results under a budget. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Keeper(Arc<Mutex<Held>>);

pub(super) struct Held {
    pub(super) budget: u64,
    /// Bytes of what is held.
    pub(super) bytes: u64,
    /// Bytes that are expected of loads under way.
    expected: u64,
    uses: u64,
    pub(super) items: HashMap<String, Item>,
    pub(super) counts: Counts,
}

/// What is found under a name.
pub(crate) enum Look {
    /// The result.
    Here(Arc<Tables>),
    /// Nothing: whoever holds the gate loads, and looks again first.
    Missing(Arc<Gate<()>>),
}

/// Room for a result that is being loaded; given back when this is dropped.
pub(crate) struct Room {
    keeper: Keeper,
    bytes: u64,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.keeper.lock().expected -= self.bytes;
    }
}

impl Keeper {
    pub(crate) fn new(budget: u64) -> Self {
        Self(Arc::new(Mutex::new(Held {
            budget,
            bytes: 0,
            expected: 0,
            uses: 0,
            items: HashMap::new(),
            counts: Counts::default(),
        })))
    }

    /// Asks for a result; a hit if it is there.
    pub(crate) fn look(&self, id: &str, owner: &Owner, now: Timestamp) -> Look {
        let mut held = self.lock();
        held.uses += 1;
        let uses = held.uses;
        let item = held
            .items
            .entry(id.to_owned())
            .or_insert_with(|| Item::new(owner.clone(), now));
        item.owner.clone_from(owner);
        (item.used, item.used_at) = (uses, now);
        let Some(tables) = item.found() else {
            let gate = Arc::clone(&item.gate);
            held.forget_idle();
            return Look::Missing(gate);
        };
        item.hits += 1;
        held.counts.hits += 1;
        held.keep(id, &tables, now);
        Look::Here(tables)
    }

    /// Makes room for a result that is about to be loaded.
    pub(crate) fn expect(&self, id: &str, bytes: u64, now: Timestamp) -> Room {
        let mut held = self.lock();
        held.counts.misses += 1;
        if let Some(left) = held.items.get(id).and_then(|item| item.left_at) {
            held.counts.came_back(left, now);
        }
        held.make_room(bytes, now);
        // What will not be held takes no room from what will.
        let bytes = if bytes > held.budget { 0 } else { bytes };
        held.expected += bytes;
        Room {
            keeper: self.clone(),
            bytes,
        }
    }

    /// A result was loaded: it is held if there is room.
    pub(crate) fn put(
        &self,
        id: &str,
        tables: &Arc<Tables>,
        bytes: u64,
        took: Duration,
        room: Room,
        now: Timestamp,
    ) {
        drop(room);
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let mut held = self.lock();
        held.counts.loaded(took_ms);
        let budget = held.budget;
        // It may have been deleted meanwhile.
        let Some(item) = held.items.get_mut(id) else {
            return;
        };
        item.loaded(tables, bytes);
        item.load_ms = took_ms;
        if bytes > budget {
            held.counts.too_large(id, bytes, budget);
        }
        held.keep(id, tables, now);
        held.look_at_pins();
    }

    /// What people say of a run was changed.
    pub(crate) fn changed(&self, id: &str, name: &str, is_pinned: bool) {
        let mut held = self.lock();
        if let Some(item) = held.items.get_mut(id) {
            name.clone_into(&mut item.owner.name);
            item.owner.is_pinned = is_pinned;
        }
        held.look_at_pins();
    }

    /// The run was deleted.
    pub(crate) fn forget(&self, id: &str) {
        let mut held = self.lock();
        let gone = held.items.remove(id);
        if let Some(item) = gone.filter(Item::is_held) {
            held.bytes -= item.bytes;
        }
    }

    /// Another budget, from now on.
    pub(crate) fn set_budget(&self, bytes: u64, now: Timestamp) {
        let mut held = self.lock();
        held.budget = bytes;
        held.make_room(0, now);
        held.look_at_pins();
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Holds a result if it is not held and there is room, or room can be made.
    fn keep(&mut self, id: &str, tables: &Arc<Tables>, now: Timestamp) {
        let Some(item) = self.items.get(id).filter(|item| !item.is_held()) else {
            return;
        };
        let bytes = item.bytes;
        if self.make_room(bytes, now)
            && let Some(item) = self.items.get_mut(id)
        {
            item.hold(Arc::clone(tables));
            self.bytes += bytes;
        }
    }

    /// Has results leave until so many bytes more fit, the longest unused first; whether they do. What would not fit
    /// anyway has nobody leave.
    fn make_room(&mut self, bytes: u64, now: Timestamp) -> bool {
        let fits = |held: &Self| {
            let taken = held.bytes.saturating_add(held.expected);
            taken.saturating_add(bytes) <= held.budget
        };
        if fits(self) {
            return true;
        }
        if bytes > self.budget {
            return false;
        }
        let can_leave = |(id, item): (&String, &Item)| {
            let can = item.is_held() && !item.is_staying();
            can.then(|| (item.used, id.clone()))
        };
        let mut leaving: Vec<(u64, String)> = self.items.iter().filter_map(can_leave).collect();
        leaving.sort_unstable();
        for (_, id) in leaving {
            if fits(self) {
                break;
            }
            if let Some(item) = self.items.get_mut(&id) {
                self.bytes -= item.bytes;
                self.counts.evictions += 1;
                item.leave(now);
            }
        }
        fits(self)
    }

    /// Bytes of what is pinned and held.
    pub(super) fn pinned(&self) -> u64 {
        let held = self.items.values().filter(|item| item.is_held());
        let pinned = held.filter(|item| item.owner.is_pinned);
        pinned.map(|item| item.bytes).sum()
    }

    fn look_at_pins(&mut self) {
        let (pinned, budget) = (self.pinned(), self.budget);
        self.counts.pinned(pinned, budget);
    }

    /// Forgets the longest unused of what is neither held nor open nor being loaded, where too many are remembered.
    fn forget_idle(&mut self) {
        if self.items.len() <= REMEMBERED {
            return;
        }
        let idle = self.items.iter().filter(|(_, item)| item.is_idle());
        let oldest = idle.min_by_key(|(_, item)| item.used);
        if let Some(id) = oldest.map(|(id, _)| id.clone()) {
            self.items.remove(&id);
        }
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
