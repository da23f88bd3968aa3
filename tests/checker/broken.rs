//! Memory with one fault: what the checker must find.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering::SeqCst},
};

use async_trait::async_trait;
use holdfast::{
    Change, Kind, Revision, Scope, State, StateId, Timestamp, Version,
    backend::{self, Announcement, Backend, Batch, Held, Memory, Note, Outcome, Thinned, Write},
    search::{Ask, Found},
};
use serde_json::Value;
use tokio::{sync::broadcast, task::yield_now};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Now and then a reader gets the version before the newest.
    ReadsThePast,
    /// One change is not in the log.
    DropsAChange,
    /// One change is in the log for everybody but those who follow it.
    KeepsAChangeFromWatchers,
    /// The writes of a transaction are done one after the other.
    SplitsTransactions,
    /// What was written meanwhile is written over.
    IgnoresGuards,
    /// Now and then a write is acknowledged and not done.
    Forgets,
}

/// The change that is dropped: in the midst of things.
const DROPPED: u64 = 50;

/// One call in so many goes wrong.
const NOW_AND_THEN: u64 = 10;

#[derive(Debug)]
pub struct Broken {
    inner: Memory,
    fault: Fault,
    calls: AtomicU64,
    /// Only a whole write is made on top of another, also where it should not be.
    writing: tokio::sync::Mutex<()>,
    announce: broadcast::Sender<Announcement>,
    /// Who reads the log in pages is a watcher; the end of a test reads it at once, behind everything.
    is_over: Mutex<bool>,
}

impl Broken {
    pub fn with(fault: Fault) -> Self {
        Self {
            inner: Memory::new(),
            fault,
            calls: AtomicU64::new(1),
            writing: tokio::sync::Mutex::new(()),
            announce: broadcast::Sender::new(1024),
            is_over: Mutex::new(false),
        }
    }

    fn is_time(&self, fault: Fault) -> bool {
        self.fault == fault && self.calls.fetch_add(1, SeqCst).is_multiple_of(NOW_AND_THEN)
    }

    fn is_dropped(&self, change: &Change) -> bool {
        let is_over = *self.is_over.lock().unwrap();
        let is_dropped = self.fault == Fault::DropsAChange
            || self.fault == Fault::KeepsAChangeFromWatchers && !is_over;
        is_dropped && change.revision == Revision(DROPPED)
    }

    async fn written(&self, batch: Batch) -> Result<Outcome, backend::Fault> {
        let outcome = self.inner.apply(batch).await?;
        if let Outcome::Applied(changes) = &outcome {
            let kept = changes.iter().filter(|change| !self.is_dropped(change));
            let _ = self.announce.send(kept.cloned().collect());
        }
        Ok(outcome)
    }

    /// On top of whatever is there.
    async fn rebased(&self, mut write: Write) -> Result<Write, backend::Fault> {
        let (scope, id) = (&write.after.scope, &write.after.id);
        let newest = self.inner.get(scope, id).await?;
        let version = newest.as_ref().map_or(0, |state| state.version.0) + 1;
        write.after = Arc::new(State {
            version: Version(version),
            ..(*write.after).clone()
        });
        write.before = newest;
        Ok(write)
    }
}

#[async_trait]
impl Backend for Broken {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, backend::Fault> {
        if self.is_time(Fault::ReadsThePast) {
            let past = self.inner.history(scope, id, None, 2).await?;
            return Ok(past.last().map(|change| Arc::clone(&change.after)));
        }
        self.inner.get(scope, id).await
    }

    async fn newest(
        &self,
        scope: &Scope,
        id: &StateId,
    ) -> Result<Option<Arc<State>>, backend::Fault> {
        self.inner.get(scope, id).await
    }

    async fn apply(&self, batch: Batch) -> Result<Outcome, backend::Fault> {
        let _one_at_a_time = self.writing.lock().await;
        match self.fault {
            Fault::SplitsTransactions if batch.writes.len() > 1 => {
                drop(_one_at_a_time);
                let mut done = Vec::new();
                for write in batch.writes {
                    match self.written(vec![write].into()).await? {
                        Outcome::Applied(changes) => done.extend(changes),
                        refused => return Ok(refused),
                    }
                    yield_now().await;
                }
                Ok(Outcome::Applied(done))
            }
            Fault::IgnoresGuards => {
                let mut writes = Vec::new();
                for write in batch.writes {
                    writes.push(self.rebased(write).await?);
                }
                self.written(writes.into()).await
            }
            Fault::Forgets if batch.writes.len() == 1 && self.is_time(Fault::Forgets) => {
                let Revision(newest) = self.inner.revision().await?;
                let changes = batch.writes.into_iter().map(|write| Change {
                    revision: Revision(newest + 1),
                    transition: write.transition,
                    actor: write.actor,
                    at: write.after.updated_at,
                    before: write.before,
                    after: write.after,
                });
                Ok(Outcome::Applied(changes.collect()))
            }
            _ => self.written(batch).await,
        }
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, backend::Fault> {
        self.inner.scan(scope, kind, after, limit).await
    }

    async fn search(&self, ask: &Ask) -> Result<Found, backend::Fault> {
        self.inner.search(ask).await
    }

    async fn due(
        &self,
        now: Timestamp,
        passed: usize,
        limit: usize,
    ) -> Result<Vec<backend::Due>, backend::Fault> {
        self.inner.due(now, passed, limit).await
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, backend::Fault> {
        self.inner.history(scope, id, before, limit).await
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, backend::Fault> {
        let mut page = self.inner.log(after, limit).await?;
        page.retain(|change| !self.is_dropped(change));
        Ok(page)
    }

    /// The clients never ask for it; who does looks back.
    async fn revision(&self) -> Result<Revision, backend::Fault> {
        let newest = self.inner.revision().await?;
        *self.is_over.lock().unwrap() = newest > Revision(DROPPED);
        Ok(newest)
    }

    async fn thin(&self, records: &[Thinned]) -> Result<u64, backend::Fault> {
        self.inner.thin(records).await
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }

    async fn held(&self) -> Result<Held, backend::Fault> {
        self.inner.held().await
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, backend::Fault> {
        self.inner.note(name).await
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, backend::Fault> {
        self.inner.notes(prefix).await
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, backend::Fault> {
        self.inner.write_note(name, seen, value).await
    }
}
