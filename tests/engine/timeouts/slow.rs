//! A backend that is held up, for as long as a test likes.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use holdfast::{
    Change, Kind, Revision, Scope, State, StateId, Timestamp, Version,
    backend::{Announcement, Backend, Batch, Due, Fault, Held, Note, Outcome, Thinned},
    search::{Ask, Found},
};
use serde_json::Value;
use tokio::sync::broadcast::Receiver;

/// Where it is held up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    BeforeReading,
    BeforeWriting,
    AfterWriting,
    BeforeNoting,
}

#[derive(Debug)]
pub struct Slow {
    behind: Arc<dyn Backend>,
    closed: Mutex<Option<Gate>>,
}

impl Slow {
    pub fn in_front_of(behind: Arc<dyn Backend>) -> Self {
        let closed = Mutex::default();
        Self { behind, closed }
    }

    pub fn close(&self, gate: Gate) {
        *self.closed.lock().unwrap() = Some(gate);
    }

    pub fn open(&self) {
        *self.closed.lock().unwrap() = None;
    }

    /// Whoever is at a closed gate stays there until they give up.
    async fn pass(&self, gate: Gate) {
        let is_closed = *self.closed.lock().unwrap() == Some(gate);
        if is_closed {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Backend for Slow {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        self.pass(Gate::BeforeReading).await;
        self.behind.get(scope, id).await
    }

    async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
        self.pass(Gate::BeforeWriting).await;
        let outcome = self.behind.apply(batch).await;
        self.pass(Gate::AfterWriting).await;
        outcome
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        self.pass(Gate::BeforeReading).await;
        self.behind.scan(scope, kind, after, limit).await
    }

    async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        self.pass(Gate::BeforeReading).await;
        self.behind.search(ask).await
    }

    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault> {
        self.behind.due(now, passed, limit).await
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        self.behind.history(scope, id, before, limit).await
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        self.behind.log(after, limit).await
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        self.behind.revision().await
    }

    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault> {
        self.behind.thin(records).await
    }

    fn announcements(&self) -> Receiver<Announcement> {
        self.behind.announcements()
    }

    async fn held(&self) -> Result<Held, Fault> {
        self.behind.held().await
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, Fault> {
        self.behind.note(name).await
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        self.behind.notes(prefix).await
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Fault> {
        self.pass(Gate::BeforeNoting).await;
        self.behind.write_note(name, seen, value).await
    }
}
