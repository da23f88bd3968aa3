//! States in memory: a sharded map of `Arc`, so readers never wait for each other and nothing is
//! copied. Everything is gone with the process.
//!
//! Writers take turns: the lock on the log is what gives revisions their order.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound::{Excluded, Unbounded},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use async_trait::async_trait;
use dashmap::DashMap;
use tokio::sync::broadcast;

use super::{
    ANNOUNCEMENTS, Announcement, Backend, Fault, Outcome, Write,
    address::{Address, Addressed},
    ledger::{Head, Ledger, Usage, Verdict},
};
use crate::{Change, Kind, Revision, Scope, State, StateId, Status, Timestamp, Version};

/// The backend `memory`.
#[derive(Debug)]
pub struct Memory {
    states: DashMap<Address, Entry>,
    books: RwLock<Books>,
    announce: broadcast::Sender<Announcement>,
}

#[derive(Debug)]
struct Entry {
    state: Arc<State>,
    bytes: u64,
    due: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Books {
    /// The log: the change with revision `n` is at `n - 1`.
    log: Vec<Change>,
    /// Where in the log the changes of each state are, oldest first; also the order of `scan`.
    history: BTreeMap<Scope, BTreeMap<StateId, Vec<usize>>>,
    due: BTreeSet<(Timestamp, Address)>,
    usage: HashMap<Scope, Usage>,
}

impl Memory {
    /// An empty engine.
    pub fn new() -> Self {
        Self {
            states: DashMap::new(),
            books: RwLock::default(),
            announce: broadcast::Sender::new(ANNOUNCEMENTS),
        }
    }

    fn find(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        let entry = self.states.get(&(scope, id) as &dyn Addressed)?;
        Some(Arc::clone(&entry.state))
    }

    // Books are only changed after everything was checked, by code that cannot panic halfway
    // through; so a poisoned lock still guards whole books.
    fn read(&self) -> RwLockReadGuard<'_, Books> {
        self.books.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Books> {
        self.books.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ledger of one batch: what is stored of the states and scopes it touches.
    fn ledger(&self, books: &Books, batch: &[Write]) -> Ledger {
        let mut ledger = Ledger::default();
        for write in batch {
            let (scope, id) = (&write.after.scope, &write.after.id);
            if let Some(entry) = self.states.get(&(scope, id) as &dyn Addressed) {
                let head = Head {
                    version: entry.state.version,
                    is_live: entry.state.status != Status::DELETED,
                    bytes: entry.bytes,
                };
                ledger.heads.insert(Address::of(&write.after), head);
            }
            if let Some(usage) = books.usage.get(scope) {
                ledger.usage.insert(scope.clone(), *usage);
            }
        }
        ledger
    }

    /// Writes what the ledger admitted.
    fn keep(&self, books: &mut Books, write: Write) -> Change {
        let address = Address::of(&write.after);
        let entry = Entry {
            state: Arc::clone(&write.after),
            bytes: write.bytes,
            due: write.due,
        };
        let old = self.states.insert(address.clone(), entry);
        if let Some(due) = old.and_then(|entry| entry.due) {
            books.due.remove(&(due, address.clone()));
        }
        if let Some(due) = write.due {
            books.due.insert((due, address.clone()));
        }
        let place = books.log.len();
        let scope = books.history.entry(address.scope).or_default();
        scope.entry(address.id).or_default().push(place);
        let change = write.recorded(Revision(place as u64 + 1));
        books.log.push(change.clone());
        change
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
        Ok(self.find(scope, id))
    }

    async fn apply(&self, batch: Vec<Write>) -> Result<Outcome, Fault> {
        let mut books = self.write();
        let mut ledger = self.ledger(&books, &batch);
        match ledger.admit(&batch) {
            Ok(()) => {}
            Err(Verdict::Stale(at)) => return Ok(Outcome::Stale(self.find(&at.scope, &at.id))),
            Err(Verdict::OverQuota { what, size, limit }) => {
                return Ok(Outcome::OverQuota { what, size, limit });
            }
        }
        let writes = batch.into_iter();
        let changes: Vec<Change> = writes.map(|write| self.keep(&mut books, write)).collect();
        books.usage.extend(ledger.usage);
        // Announced under the lock: in the order of the log. Who subscribes after this look at the
        // number of watchers finds the changes in the log.
        if self.announce.receiver_count() > 0 {
            let _ = self.announce.send(changes.clone().into());
        }
        Ok(Outcome::Applied(changes))
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        let books = self.read();
        let Some(states) = books.history.get(scope) else {
            return Ok(Vec::new());
        };
        let from = after.map_or(Unbounded, Excluded);
        let found = states
            .range::<StateId, _>((from, Unbounded))
            .filter_map(|(_, places)| Some(&books.log.get(*places.last()?)?.after))
            .filter(|state| state.status != Status::DELETED)
            .filter(|state| kind.is_none_or(|kind| *kind == state.kind));
        Ok(found.take(limit).cloned().collect())
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Arc<State>>, Fault> {
        let books = self.read();
        let due = books.due.iter().take_while(|(due, _)| *due <= now);
        let states = due.filter_map(|(_, at)| self.find(&at.scope, &at.id));
        Ok(states.take(limit).collect())
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let books = self.read();
        let places = books.history.get(scope).and_then(|states| states.get(id));
        let changes = places.into_iter().flatten().rev();
        let changes = changes
            .filter_map(|place| books.log.get(*place))
            .filter(|change| before.is_none_or(|before| change.after.version < before));
        Ok(changes.take(limit).cloned().collect())
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        let books = self.read();
        let behind = usize::try_from(after.0).unwrap_or(usize::MAX);
        let changes = books.log.get(behind..).unwrap_or_default();
        Ok(changes.iter().take(limit).cloned().collect())
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        Ok(Revision(self.read().log.len() as u64))
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }
}
