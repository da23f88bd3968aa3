//! Where states are kept: one small trait, its implementations, and the suite each must pass.
//!
//! A backend compares versions, keeps what it is given, and appends to the log, in one step. It
//! knows no lifecycle, no validation and no clock: these are written once, above it, in `manager`.

mod address;
#[cfg(feature = "conformance")]
pub mod conformance;
mod gather;
mod ledger;
mod memory;
mod postgres;
mod recent;
mod redis;
mod sqlite;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use tokio::sync::broadcast;

pub use self::{
    memory::Memory,
    postgres::{Postgres, PostgresFault},
    redis::{Redis, RedisFault},
    sqlite::Sqlite,
};
pub use crate::error::Fault;
use crate::{
    Actor, Bound, Change, Kind, Revision, Scope, State, StateId, Timestamp, Transition, Version,
};

/// Changes with consecutive revisions, as they were committed.
pub type Announcement = Arc<[Change]>;

/// How many announcements wait for a slow watcher. One that is further behind reads the log, so
/// this bounds memory and loses nothing.
const ANNOUNCEMENTS: usize = 1024;

/// A place to keep states and their log.
///
/// An id names a state inside its scope: the same id in two scopes is two states, and nothing a
/// caller does in one scope shows in another.
#[async_trait]
pub trait Backend: fmt::Debug + Send + Sync + 'static {
    /// The state as it was last written, a deleted one too.
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault>;

    /// What this backend last wrote, if it remembers. Perhaps no longer the newest: enough to
    /// prepare a guarded write with, never to answer a reader.
    fn recent(&self, _scope: &Scope, _id: &StateId) -> Option<Arc<State>> {
        None
    }

    /// Does all of `batch`, in order, and appends one change for each write; or nothing of it.
    async fn apply(&self, batch: Vec<Write>) -> Result<Outcome, Fault>;

    /// The states of a scope that are not deleted, by id, behind `after`.
    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault>;

    /// The states whose [`Write::due`] has come, the longest overdue first.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Arc<State>>, Fault>;

    /// The changes of one state that led to a version before `before`, newest first.
    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault>;

    /// The changes of all states behind `after`, oldest first.
    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault>;

    /// The newest revision; 0 before the first change.
    async fn revision(&self) -> Result<Revision, Fault>;

    /// Every change from now on, announced after its commit and in the order of the log.
    fn announcements(&self) -> broadcast::Receiver<Announcement>;
}

/// One write, with what its writer saw.
#[derive(Debug, Clone)]
pub struct Write {
    /// The guard: what is stored must still have this version; `None`: nothing may be stored.
    pub before: Option<Arc<State>>,
    /// What to store.
    pub after: Arc<State>,
    /// What was done.
    pub transition: Transition,
    /// By whom.
    pub actor: Actor,
    /// The size of `after`, as the scope's quota counts it.
    pub bytes: u64,
    /// When the sweeper has to look at it.
    pub due: Option<Timestamp>,
    /// What the scope may hold.
    pub quota: Quota,
}

impl Write {
    /// The record of this write at its place in the log.
    fn recorded(self, revision: Revision) -> Change {
        Change {
            revision,
            transition: self.transition,
            actor: self.actor,
            at: self.after.updated_at,
            before: self.before,
            after: self.after,
        }
    }
}

/// How much a scope may hold. Only writes that make it hold more are refused.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// States that are not deleted.
    pub states: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What became of a batch.
#[derive(Debug)]
pub enum Outcome {
    /// All of it was written; the changes as they stand in the log.
    Applied(Vec<Change>),
    /// Nothing was written: a guard did not hold. What is stored instead.
    Stale(Option<Arc<State>>),
    /// Nothing was written: the scope would hold too much.
    OverQuota {
        /// States or bytes.
        what: Bound,
        /// How much it would be.
        size: u64,
        /// How much it may be.
        limit: u64,
    },
}
