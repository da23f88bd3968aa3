//! States in memory: a table of slots for readers, who never wait for each other, and books for writers,
//! who take turns: the lock on the books is what gives revisions their order. Everything is gone with
//! the process.
//!
//! What is kept of a state, in its slot and in the log, is its JSON, made before the lock is taken; `warm`
//! says which states are there ready to be read as well. `writing` is the way of a batch, `slot` the place
//! of one state, `record` the log, `books` what only a writer may change.

mod books;
mod record;
mod slot;
#[cfg(test)]
mod tests;
mod warm;
mod writing;

use std::{
    cmp::Reverse,
    mem,
    num::NonZeroU64,
    ops::Bound::{Excluded, Included, Unbounded},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use dashmap::DashSet;
use serde_json::Value;
use tokio::sync::broadcast;

use self::{
    books::Books,
    record::Kept,
    slot::{ByAddress, Shown, Slot},
    warm::Warm,
};
use super::{
    ANNOUNCEMENTS, Announcement, Backend, Batch, Due, Fault, Held, Note, Outcome, Thinned,
    address::Addressed, ledger::Verdict, weight,
};
use crate::{
    Change, Kind, Revision, Scope, State, StateId, Timestamp, Version,
    hash::Hashing,
    search::{Ask, Found, Selection, Sort},
};

/// States that a search looks at in one go: some milliseconds where they have to be read from JSON.
const LOOKS: usize = 1000;

/// The backend `memory`.
#[derive(Debug)]
pub struct Memory {
    slots: DashSet<ByAddress, Hashing>,
    books: Mutex<Books>,
    warm: Warm,
    announce: broadcast::Sender<Announcement>,
}

impl Memory {
    /// An empty engine.
    pub fn new() -> Self {
        Self {
            slots: DashSet::default(),
            books: Mutex::default(),
            warm: Warm::default(),
            announce: broadcast::Sender::new(ANNOUNCEMENTS),
        }
    }

    fn slot(&self, scope: &Scope, id: &StateId) -> Option<Arc<Slot>> {
        let found = self.slots.get(&(scope, id) as &dyn Addressed)?;
        Some(Arc::clone(&found.key().0))
    }

    /// What is stored, warm from now on.
    fn find(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        let Some(found) = self.slots.get(&(scope, id) as &dyn Addressed) else {
            return Ok(None);
        };
        let mut stand = found.key().0.stand();
        stand.is_wanted = true;
        if let Some(warm) = &stand.warm {
            return Ok(Some(Arc::clone(&warm.state)));
        }
        let json = Arc::clone(&stand.json);
        drop(stand);
        let slot = Arc::clone(&found.key().0);
        drop(found);
        let state = record::state(&json)?;
        let bytes = weight::of(&state);
        let mut stand = slot.stand();
        if Arc::ptr_eq(&stand.json, &json) && stand.warm.is_none() {
            self.warm.put(&mut stand, &state, bytes);
            let is_new = !mem::replace(&mut stand.is_queued, true);
            drop(stand);
            self.warm.settle(is_new.then_some(slot));
        }
        Ok(Some(state))
    }

    // Books are only changed after everything was checked, by code that cannot panic halfway
    // through; so a poisoned lock still guards whole books.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A state's changes to versions before `before`, from the record at `at` on, newest first.
    fn chain(
        &self,
        mut at: Option<NonZeroU64>,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let mut kept = Vec::new();
        while at.is_some() && kept.len() < limit {
            // A long history takes a while, and others want to go on.
            let books = self.books();
            for _ in 0..LOOKS {
                let Some(revision) = at.filter(|_| kept.len() < limit) else {
                    break;
                };
                let record = books.log.at(revision.get());
                if record.is_some_and(|it| before.is_none_or(|before| it.version < before)) {
                    kept.extend(books.log.kept(revision.get()));
                }
                at = record.and_then(|it| it.previous);
            }
        }
        Self::changes(kept)
    }

    /// Reads what was taken out of the log.
    fn changes(kept: Vec<Kept>) -> Result<Vec<Change>, Fault> {
        kept.into_iter().map(Kept::change).collect()
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Backend for Memory {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        self.find(scope, id)
    }

    fn recent(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        self.find(scope, id).ok().flatten()
    }

    async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
        let applied = self.applied(batch)?;
        Ok(match applied {
            Ok(changes) => Outcome::Applied(changes),
            Err(Verdict::Stale(at)) => Outcome::Stale(self.find(&at.scope, &at.id)?),
            Err(Verdict::OverQuota { what, size, limit }) => {
                Outcome::OverQuota { what, size, limit }
            }
        })
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        let (mut after, mut found) = (after.cloned(), Vec::new());
        // Which of them are of this kind is seen outside of the lock, so a page may take several looks.
        while found.len() < limit {
            let from = after.as_ref().map_or(Unbounded, Excluded);
            let wanted = limit - found.len();
            let page: Vec<Arc<Slot>> = {
                let books = self.books();
                books.slots(scope, from).take(wanted).cloned().collect()
            };
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            for shown in page.iter().map(|slot| Shown::of(slot)) {
                if !shown.is_live {
                    continue;
                }
                let state = shown.state()?;
                if kind.is_none_or(|kind| *kind == state.kind) {
                    found.push(state);
                }
            }
        }
        Ok(found)
    }

    async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        let mut states: Vec<Shown> = {
            let books = self.books();
            books
                .slots(ask.scope(), Unbounded)
                .map(|slot| Shown::of(slot))
                .collect()
        };
        states.retain(|shown| shown.is_live);
        let is_newest_first = ask.sort == Sort::NEWEST;
        if is_newest_first {
            states.sort_unstable_by_key(|shown| Reverse(shown.revision));
        }
        let mut selection = Selection::new(ask);
        for some in states.chunks(LOOKS) {
            for shown in some {
                selection.offer(Revision(shown.revision), shown.state()?);
            }
            if is_newest_first && selection.room() == 0 && selection.is_counted() {
                break;
            }
            // A large scope takes a while, and others want to go on.
            tokio::task::yield_now().await;
        }
        Ok(selection.found())
    }

    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault> {
        let due = self.books().due(now, passed.saturating_add(limit));
        let states = due.iter().skip(passed);
        Ok(states.map(|slot| Shown::of(slot).state()).collect())
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let newest = self.slot(scope, id).map(|slot| slot.stand().place);
        self.chain(newest.and_then(NonZeroU64::new), before, limit)
    }

    async fn history_behind(&self, last: &Change, limit: usize) -> Result<Vec<Change>, Fault> {
        let last = self
            .books()
            .log
            .at(last.revision.0)
            .and_then(|it| it.previous);
        self.chain(last, None, limit)
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        let kept: Vec<Kept> = {
            let books = self.books();
            let newest = books.log.revision();
            let behind = after.0.min(newest) + 1..=newest;
            behind
                .take(limit)
                .filter_map(|revision| books.log.kept(revision))
                .collect()
        };
        Self::changes(kept)
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        Ok(Revision(self.books().log.revision()))
    }

    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault> {
        let mut thinned = 0;
        for Thinned { revision, state } in records {
            let Some(slot) = self.slot(&state.scope, &state.id) else {
                continue;
            };
            let json: Arc<str> = serde_json::to_string(state)?.into();
            let mut books = self.books();
            let is_newest = slot.stand().place == revision.0;
            thinned += u64::from(!is_newest && books.log.thin(*revision, state, json)?);
        }
        Ok(thinned)
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }

    async fn held(&self) -> Result<Held, Fault> {
        let books = self.books();
        let mut held = Held::default();
        for usage in books.usage() {
            held.states += usage.states;
            held.bytes += usage.bytes;
        }
        Ok(held)
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, Fault> {
        Ok(self.books().notes.get(name).cloned())
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        let books = self.books();
        let from = books.notes.range::<str, _>((Included(prefix), Unbounded));
        let found = from.take_while(|(name, _)| name.starts_with(prefix));
        Ok(found
            .map(|(name, note)| (name.clone(), note.clone()))
            .collect())
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Fault> {
        let mut books = self.books();
        if books.notes.get(name).map_or(0, |note| note.version) != seen {
            return Ok(false);
        }
        Ok(match value.cloned() {
            Some(value) => {
                let version = seen + 1;
                let note = Note { value, version };
                books.notes.insert(name.to_owned(), note);
                true
            }
            None => books.notes.remove(name).is_some(),
        })
    }
}
