//! Which change of which state comes next: one lane for each state with something to do.
//!
//! A lane has one change under way at a time, so a state's changes are handled in order, and a
//! failing one holds up its own state only. Nothing here waits, reads or writes.
//!
//! While a lane waits it holds no changes, only the version where it stands: what comes after is in the
//! state's history, and is fetched from there.

mod lane;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use self::lane::Lane;
pub(super) use self::lane::Open;
use crate::{Change, Interest, Revision, Scope, StateId, Timestamp, Version};

/// Changes of one state that are fetched at once. As many as are handled at once may have been fetched,
/// so this bounds memory; a state that is far behind is read page by page.
pub(super) const PAGE: u64 = 32;

/// Whose lane.
pub(super) type Key = Arc<(Scope, StateId)>;

/// What is to be done for a lane next.
#[derive(Debug)]
pub(super) enum Task {
    /// Handle this change; which attempt it is.
    Handle(Arc<Change>, u32),
    /// Fetch the changes of the state from this version on.
    Fetch(Version),
}

#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: HashMap<Key, Lane>,
    ready: VecDeque<Key>,
    waiting: BTreeSet<(Timestamp, Key)>,
}

impl Lanes {
    /// The lanes as they were written down; they are tried when they are due.
    pub(super) fn restored(open: Vec<Open>) -> Self {
        let mut lanes = Self::default();
        for open in open {
            let key = Arc::new((open.scope.clone(), open.id.clone()));
            lanes.waiting.insert((open.due, Arc::clone(&key)));
            lanes.lanes.insert(key, Lane::restored(&open));
        }
        lanes
    }

    /// The lanes to be written down.
    pub(super) fn open(&self) -> Vec<Open> {
        let lanes = self.lanes.iter();
        lanes.map(|(key, lane)| lane.open(key)).collect()
    }

    /// Takes a change from the log.
    pub(super) fn take(&mut self, change: Arc<Change>) {
        let key = key_of(&change);
        let version = change.after.version;
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.more.get_or_insert(version);
            lane.newest = Some(version);
            return;
        }
        let lane = Lane {
            queue: VecDeque::from([change]),
            newest: Some(version),
            ..Lane::default()
        };
        self.lanes.insert(Arc::clone(&key), lane);
        self.ready.push_back(key);
    }

    /// Takes a change that is to be handled again; `false` while its state has something else to do.
    /// One that only waits for its next attempt is tried with it at once.
    pub(super) fn take_again(&mut self, change: &Arc<Change>) -> bool {
        let key = key_of(change);
        let lane = self.lanes.entry(Arc::clone(&key)).or_default();
        let is_new = lane.is_done();
        let is_waiting = lane.due.is_some_and(|due| {
            lane.again.is_none() && self.waiting.remove(&(due, Arc::clone(&key)))
        });
        if !is_new && !is_waiting {
            return false;
        }
        (lane.failed, lane.due) = (0, None);
        // What was not handled at all yet comes in its order.
        if lane.from().is_none_or(|from| change.after.version < from) {
            lane.again = Some(change.after.version);
            lane.queue = VecDeque::from([Arc::clone(change)]);
        }
        self.ready.push_back(key);
        true
    }

    /// What to do next, if anything; the lane is then under way until it is `handled`, `failed`,
    /// `postponed` or `fetched`.
    pub(super) fn next(&mut self) -> Option<(Key, Task)> {
        loop {
            let key = self.ready.pop_front()?;
            let Some(lane) = self.lanes.get(&key) else {
                continue;
            };
            if let Some(change) = lane.queue.front() {
                let task = Task::Handle(Arc::clone(change), lane.failed + 1);
                return Some((key, task));
            }
            if let Some(version) = lane.again.or(lane.more) {
                return Some((key, Task::Fetch(version)));
            }
            self.lanes.remove(&key);
        }
    }

    /// The lane's first change is done with.
    pub(super) fn handled(&mut self, key: &Key) {
        let Some(lane) = self.lanes.get_mut(key) else {
            return;
        };
        lane.queue.pop_front();
        (lane.again, lane.failed, lane.due) = (None, 0, None);
        self.resume(key);
    }

    /// The lane's first change failed, and is tried again when it is `due`.
    pub(super) fn failed(&mut self, key: &Key, due: Timestamp) {
        if let Some(lane) = self.lanes.get_mut(key) {
            lane.failed += 1;
        }
        self.postponed(key, due);
    }

    /// The lane goes on when it is `due`, where it stands.
    pub(super) fn postponed(&mut self, key: &Key, due: Timestamp) {
        let Some(lane) = self.lanes.get_mut(key) else {
            return;
        };
        lane.more = lane.from();
        lane.queue.clear();
        lane.due = Some(due);
        self.waiting.insert((due, Arc::clone(key)));
    }

    /// A page of the state's history is there: oldest first, from the version asked for on. What is
    /// behind `taken` will come from the log, as for every other state.
    pub(super) fn fetched(
        &mut self,
        key: &Key,
        page: Vec<Change>,
        interest: &Interest,
        taken: Revision,
    ) {
        let Some(lane) = self.lanes.get_mut(key) else {
            return;
        };
        let page = page.into_iter().filter(|it| it.revision <= taken);
        lane.fill(page.collect(), interest);
        self.resume(key);
    }

    /// Makes the lanes ready whose time has come.
    pub(super) fn wake(&mut self, now: Timestamp) {
        while let Some((due, _)) = self.waiting.first()
            && *due <= now
            && let Some((_, key)) = self.waiting.pop_first()
        {
            self.ready.push_back(key);
        }
    }

    /// When the next waiting lane is due.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(due, _)| *due)
    }

    /// Every lane there is.
    pub(super) fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Those that could go on now.
    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// Those that wait for their next attempt.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    fn resume(&mut self, key: &Key) {
        if self.lanes.get(key).is_some_and(Lane::is_done) {
            self.lanes.remove(key);
        } else {
            self.ready.push_back(Arc::clone(key));
        }
    }
}

fn key_of(change: &Change) -> Key {
    Arc::new((change.after.scope.clone(), change.after.id.clone()))
}
