//! Runs that are kept: ordered, followed, cancelled, found, changed, deleted and brought back.
//!
//! A run is a state of kind `simulation` in its owner's scope, `pending` until it is `completed` or `failed`; its tables
//! are a folder of the same name.
//!
//! - `name`: what runs are called
//! - `home`: the folder of runs, and which files are whose; `aside` the tables of deleted runs in it
//! - `disk`: what it asks of a disk
//! - `objects`: the same runs in the object store, if there is one
//! - `record`: a run as its state has it
//! - `start`: an order becomes a run; `process` is what happens until it is over
//! - `cancel`: it ends early, whichever server is asked
//! - `settle`: what a server left behind that died; `going` whether it lives, where others do not see its folder
//! - `lent`: runs of others that somebody may read; `adopt` makes one of them one's own
//! - `look`: one run, many runs, how far one is, its tables
//! - `browse`: the registry, brought up to date by the log
//! - `results`: a run's tables in memory, shared by all who read them
//! - `access`: when tables were read, and how often
//! - `carry`: a run leaves as a package
//! - `bring`: packages come in as runs, one or several
//! - `download`: a run's table leaves as a file
//! - `trial`: the arms of a trial come in as runs
//! - `room`: whether a workspace has room for a run
//! - `keep`: what came in is registered, all of it or nothing
//! - `change`: name, tags, notes, pinned
//! - `bulk`: tags and pins of several runs, all or nothing
//! - `shelf`: deleted, brought back, one or several; swept
//!
//! A pending run has a marker file that its process holds locked. Where nobody holds it the process is dead, and the run
//! has failed: so several servers may share one folder, and none takes another's run for dead.

mod access;
mod adopt;
mod aside;
mod bring;
mod browse;
mod bulk;
mod cancel;
mod carry;
mod change;
mod disk;
mod download;
mod error;
mod going;
mod home;
mod keep;
mod lent;
mod look;
mod name;
mod objects;
mod process;
mod record;
mod results;
mod room;
mod settle;
mod shelf;
mod start;
mod trial;

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    path::Path,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use holdfast::{
    Actor, Builder, Clock, Kind, Lifecycle, New, Scope, StateManager, Status, Transition,
};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::{access::Accesses, browse::Catalogues, home::Home};
pub use self::{
    bring::{Brought, MAX_BROUGHT},
    browse::MAX_PAGE,
    bulk::{MAX_TOGETHER, Together},
    carry::Parcel,
    error::RunsError,
    lent::{Lenders, OwnerOf},
};
use super::{
    memory::{Keeper, MEMORY_BYTES},
    simulate::Meter,
};
use crate::{query::parallel::threads, storage::Storage};

/// A run.
pub const SIMULATION: Kind = Kind::from_static("simulation");

/// Runs that wait for their turn, or are being simulated, at most: more than a team orders at once.
pub const MAX_WAITING: usize = 64;

/// Threads of a run at most: more than any machine has cores.
const MAX_THREADS: usize = 1024;

/// Results that are loaded at the same time.
const LOADS: usize = 2;

/// The kind of runs, for the engine's builder.
pub fn kinds() -> [(Kind, Lifecycle); 1] {
    let statuses = [Status::PENDING, Status::COMPLETED, Status::FAILED];
    let lifecycle = Lifecycle::starting(Status::PENDING)
        .step(Transition::ACTIVATE, [Status::PENDING], Status::COMPLETED)
        .step(Transition::EXPIRE, [Status::PENDING], Status::FAILED)
        .update(statuses);
    [(SIMULATION, lifecycle)]
}

/// How data of runs comes into today's shape, for the engine's builder.
pub fn upcasted(builder: Builder) -> Builder {
    builder.upcaster(SIMULATION, record::upcast)
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct By {
    /// Where the runs are: the person's own scope, or everybody's.
    pub scope: Scope,
    /// In whose name is written.
    pub actor: Actor,
    /// What people call them.
    pub name: String,
}

/// The runs of one folder. Cheap to clone.
#[derive(Clone)]
pub struct Runs {
    inner: Arc<Inner>,
}

struct Inner {
    home: Home,
    states: StateManager,
    clock: Arc<dyn Clock>,
    /// One run at a time: it takes all cores.
    turn: Semaphore,
    /// Threads of a run.
    threads: AtomicUsize,
    /// Bytes that one workspace may hold.
    scope_bytes: AtomicU64,
    /// Runs of this process that are not over.
    active: Mutex<HashMap<String, Arc<Active>>>,
    /// Results in memory.
    memory: Keeper,
    /// Loads at a time: each takes all cores, and holds what is packed beside what is unpacked.
    loading: Semaphore,
    accesses: Accesses,
    catalogues: Catalogues,
    /// Who lets others read their runs, if anybody does.
    lenders: OnceLock<Arc<dyn Lenders>>,
}

/// A run that is not over.
#[derive(Default)]
struct Active {
    meter: Meter,
    cancel: CancellationToken,
    /// Why it was cancelled, for people.
    why: OnceLock<String>,
    /// Cancelled when everything is written down.
    over: CancellationToken,
}

impl Runs {
    /// Opens the folder, and makes it if it is not there. Runs whose server died while they were pending are failed
    /// from then on.
    ///
    /// # Errors
    /// [`RunsError::Files`] if it cannot be made, [`RunsError::State`] if the engine fails.
    pub async fn open(
        folder: &Path,
        states: StateManager,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RunsError> {
        Self::open_on(folder, states, clock, Storage::local()).await
    }

    /// The same with the tables of runs in this storage, of which the folder is the cache.
    ///
    /// # Errors
    /// As [`Runs::open`].
    pub async fn open_on(
        folder: &Path,
        states: StateManager,
        clock: Arc<dyn Clock>,
        storage: Storage,
    ) -> Result<Self, RunsError> {
        let inner = Inner {
            home: Home::open(folder, storage)?,
            states,
            clock,
            turn: Semaphore::new(1),
            threads: AtomicUsize::new(threads()),
            scope_bytes: AtomicU64::new(u64::MAX),
            active: Mutex::default(),
            memory: Keeper::new(MEMORY_BYTES),
            loading: Semaphore::new(LOADS),
            accesses: Accesses::default(),
            catalogues: Catalogues::default(),
            lenders: OnceLock::new(),
        };
        let runs = Self {
            inner: Arc::new(inner),
        };
        runs.settle().await?;
        Ok(runs)
    }

    /// From the next run on, so many threads instead of as many as there are cores. The result is the same.
    pub fn use_threads(&self, threads: NonZeroUsize) {
        let threads = threads.get().min(MAX_THREADS);
        self.inner.threads.store(threads, Ordering::Relaxed);
    }

    /// Cancels what is not over, for the end of the program, and waits until that is written down.
    pub async fn stop(&self) {
        let active: Vec<Arc<Active>> = self.with_active(|all| all.values().cloned().collect());
        for run in &active {
            run.end("the server was stopped");
        }
        for run in active {
            run.over.cancelled().await;
        }
        self.write_accesses().await;
    }

    fn with_active<T>(&self, work: impl FnOnce(&mut HashMap<String, Arc<Active>>) -> T) -> T {
        let active = self.inner.active.lock();
        work(&mut active.unwrap_or_else(PoisonError::into_inner))
    }

    /// What the engine's door would say to a new run: asked before a file is written. Drafted and never committed.
    ///
    /// # Errors
    /// [`RunsError::State`] where this actor may not have one.
    pub async fn check_allowed(&self, by: &By) -> Result<(), RunsError> {
        let mut draft = self.inner.states.transaction(&by.actor);
        let new = New::of(SIMULATION, "run", by.scope.clone(), Value::Null);
        match draft.register(new).await {
            Err(refused @ holdfast::Error::Forbidden { .. }) => Err(refused.into()),
            // Whatever else there is to be said is said when it is written.
            _ => Ok(()),
        }
    }

    /// Work on files, off the async threads.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Home) -> Result<T, crate::Error> + Send + 'static,
    ) -> Result<T, RunsError> {
        let runs = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&runs.inner.home)).await;
        Ok(done.map_err(|error| crate::Error::Internal(error.to_string()))??)
    }
}

impl Active {
    /// Has it end early; the first reason counts.
    fn end(&self, why: impl Into<String>) {
        self.why.get_or_init(|| why.into());
        self.cancel.cancel();
    }
}
