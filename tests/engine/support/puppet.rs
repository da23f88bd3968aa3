//! A backend on strings: it goes away, is slow to answer, keeps silent about changes or comes back
//! with other contents when the test says so.

use std::sync::{
    Arc, Mutex, RwLock,
    atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use holdfast::{
    Change, Expected, Kind, Revision, Scope, State, StateId, StateManager, Timestamp, Version,
    backend::{Announcement, Backend, Batch, Due, Fault, Held, Memory, Note, Outcome, Thinned},
    search::{Ask, Found},
};
use serde_json::Value;
use tokio::sync::{Semaphore, broadcast};

use super::{ada, store};

/// Something done to what is behind the puppet.
pub type Deed = fn(Arc<dyn Backend>) -> BoxFuture<'static, ()>;

#[derive(Debug)]
pub struct Puppet {
    inner: RwLock<Arc<dyn Backend>>,
    is_down: AtomicBool,
    refused: AtomicU64,
    /// Who has read a state waits for leave to say so.
    leave: Semaphore,
    is_held: AtomicBool,
    /// Readers that wait.
    held: Semaphore,
    announce: broadcast::Sender<Announcement>,
    /// The name of a state that is not written as it was given.
    lied_about: RwLock<String>,
    /// Somebody writes whenever the notes are read.
    is_written: AtomicBool,
    /// Somebody writes whenever the log is read.
    is_busy: AtomicBool,
    /// Nothing is removed from old records.
    keeps_content: AtomicBool,
    /// What somebody else does before a scope is read.
    before_scan: Mutex<Option<Deed>>,
    pub reads: AtomicU64,
    /// How often the log was read.
    pub log_reads: AtomicU64,
}

impl Puppet {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: RwLock::new(Arc::new(Memory::new())),
            is_down: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            leave: Semaphore::new(0),
            is_held: AtomicBool::new(false),
            held: Semaphore::new(0),
            announce: broadcast::Sender::new(1024),
            lied_about: RwLock::default(),
            is_written: AtomicBool::new(false),
            is_busy: AtomicBool::new(false),
            keeps_content: AtomicBool::new(false),
            before_scan: Mutex::new(None),
            reads: AtomicU64::new(0),
            log_reads: AtomicU64::new(0),
        })
    }

    /// What is behind it: who writes here is another server. Nothing is announced.
    pub fn inner(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.inner.read().unwrap())
    }

    pub fn comes_back_with(&self, other: Arc<dyn Backend>) {
        *self.inner.write().unwrap() = other;
    }

    pub fn set_down(&self, is_down: bool) {
        self.refused.store(0, SeqCst);
        self.is_down.store(is_down, SeqCst);
    }

    /// Waits until somebody has asked in vain so often since it went down.
    pub async fn refused(&self, times: u64) {
        while self.refused.load(SeqCst) < times {
            tokio::task::yield_now().await;
        }
    }

    /// Whether who reads a state is kept waiting with the answer.
    pub fn hold(&self, is_held: bool) {
        self.is_held.store(is_held, SeqCst);
    }

    /// Waits until somebody waits with an answer.
    pub async fn has_read(&self) {
        self.held.acquire().await.unwrap().forget();
    }

    pub fn let_one_go(&self) {
        self.leave.add_permits(1);
    }

    /// Says what a backend says by itself.
    pub fn announce(&self, changes: Vec<Change>) {
        let _ = self.announce.send(changes.into());
    }

    pub fn lie_about(&self, name: &str) {
        *self.lied_about.write().unwrap() = name.into();
    }

    pub fn write_when_notes_are_read(&self) {
        self.is_written.store(true, SeqCst);
    }

    pub fn write_when_log_is_read(&self) {
        self.is_busy.store(true, SeqCst);
    }

    /// The next time that a scope is read, somebody else was faster with this.
    pub fn before_scan(&self, deed: Deed) {
        *self.before_scan.lock().unwrap() = Some(deed);
    }

    pub fn keep_content(&self, keeps: bool) {
        self.keeps_content.store(keeps, SeqCst);
    }

    fn up(&self) -> Result<Arc<dyn Backend>, Fault> {
        if self.is_down.load(SeqCst) {
            self.refused.fetch_add(1, SeqCst);
            return Err("the backend is gone".into());
        }
        Ok(self.inner())
    }
}

#[async_trait]
impl Backend for Puppet {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        self.reads.fetch_add(1, SeqCst);
        let found = self.up()?.get(scope, id).await;
        if self.is_held.load(SeqCst) {
            self.held.add_permits(1);
            self.leave.acquire().await?.forget();
        }
        found
    }

    async fn apply(&self, mut batch: Batch) -> Result<Outcome, Fault> {
        let lied_about = self.lied_about.read().unwrap().clone();
        for write in &mut batch.writes {
            if write.after.name == lied_about {
                write.after = Arc::new(State {
                    data: Value::from("a lie"),
                    ..(*write.after).clone()
                });
            }
        }
        self.up()?.apply(batch).await
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        let deed = self.before_scan.lock().unwrap().take();
        if let Some(deed) = deed {
            deed(self.inner()).await;
        }
        self.up()?.scan(scope, kind, after, limit).await
    }

    async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        self.up()?.search(ask).await
    }

    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault> {
        self.up()?.due(now, passed, limit).await
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        self.up()?.history(scope, id, before, limit).await
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        self.log_reads.fetch_add(1, SeqCst);
        let changes = self.up()?.log(after, limit).await;
        if self.is_busy.load(SeqCst) {
            let others = StateManager::builder(self.inner()).build();
            let written = others.put(store("busy"), Expected::Any, &ada()).await;
            written.unwrap();
        }
        changes
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        self.up()?.revision().await
    }

    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault> {
        if self.keeps_content.load(SeqCst) {
            return Err("the backend keeps what it has".into());
        }
        self.up()?.thin(records).await
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }

    async fn held(&self) -> Result<Held, Fault> {
        self.up()?.held().await
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, Fault> {
        self.up()?.note(name).await
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        if self.is_written.load(SeqCst) {
            let states = StateManager::builder(self.inner()).build();
            let written = states.put(store("late"), Expected::Any, &ada()).await;
            written.unwrap();
        }
        self.up()?.notes(prefix).await
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Fault> {
        self.up()?.write_note(name, seen, value).await
    }
}
