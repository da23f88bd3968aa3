//! Where states are kept: one small trait, its implementations, and the suite each must pass.
//!
//! A backend compares versions, keeps what it is given, and appends to the log, in one step. It
//! knows no lifecycle, no validation and no clock: these are written once, above it, in `manager`.

mod address;
mod cache;
#[cfg(feature = "conformance")]
pub mod conformance;
mod gather;
mod index;
mod ledger;
mod memory;
mod note;
mod origin;
mod postgres;
mod recent;
mod redis;
mod sealed;
mod sqlite;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;
use tokio::{sync::broadcast, time::timeout};

pub(crate) use self::sealed::refuse_locked;
pub use self::{
    cache::{Cache, CacheCounts, CacheSettings},
    memory::Memory,
    note::Note,
    postgres::{Postgres, PostgresFault},
    redis::{Redis, RedisFault},
    sealed::{MasterKey, Sealed, SealedFault, Sensitive},
    sqlite::{Sqlite, SqliteFault},
};
use crate::text::weight;
use crate::{
    Actor, Bound, Change, Kind, Revision, Scope, State, StateId, Timestamp, Transition, Version,
    search::{Ask, Found},
};
pub use crate::{error::Fault, text::Text};

/// Changes with consecutive revisions, as they were committed.
pub type Announcement = Arc<[Change]>;

/// A state whose time has come, or why it cannot be read.
pub type Due = Result<Arc<State>, Fault>;

/// How many announcements wait for a slow watcher. One that is further behind reads the log, so
/// this bounds memory and loses nothing.
const ANNOUNCEMENTS: usize = 1024;

/// A place to keep states and their log.
///
/// An id names a state inside its scope: the same id in two scopes is two states, and nothing a
/// caller does in one scope shows in another.
#[async_trait]
pub trait Backend: fmt::Debug + Send + Sync + 'static {
    /// The state as it was last written, a deleted one too. With a [`Cache`] in front, as it was a
    /// moment ago if another server wrote it.
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault>;

    /// As [`Backend::get`], and not even a moment old: what a refusal may rest on.
    async fn newest(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        self.get(scope, id).await
    }

    /// What this backend last wrote, if it remembers. Perhaps no longer the newest: enough to
    /// prepare a guarded write with, never to answer a reader.
    fn recent(&self, _scope: &Scope, _id: &StateId) -> Option<Arc<State>> {
        None
    }

    /// Does all of `batch`, in order, and appends one change for each write; or nothing of it.
    async fn apply(&self, batch: Batch) -> Result<Outcome, Fault>;

    /// The states of a scope that are not deleted, by id, behind `after`.
    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault>;

    /// The states of a scope that match, exactly as [`Ask::among`] would say, with everything in
    /// them that was acknowledged before. There is no answer by default: a backend in front of
    /// another one has to hand the question on, because it may see more than is to be found.
    async fn search(&self, ask: &Ask) -> Result<Found, Fault>;

    /// The states whose [`Write::due`] has come, the longest overdue first, without the first `passed` of them. Each by
    /// itself: one that cannot be read is no reason to leave the others.
    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault>;

    /// The changes of one state that led to a version before `before`, newest first.
    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault>;

    /// The changes of one state before `last`, which is one of them as it was read here, newest first: what
    /// [`Backend::history`] before its version says. A backend that would have to walk there from the newest goes on
    /// from `last` instead, so that page after page of a long history costs what its changes cost.
    async fn history_behind(&self, last: &Change, limit: usize) -> Result<Vec<Change>, Fault> {
        let State {
            scope, id, version, ..
        } = &*last.after;
        self.history(scope, id, Some(*version), limit).await
    }

    /// The changes of all states behind `after`, oldest first; at least one unless there is none, and fewer than `limit`
    /// where they are large.
    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault>;

    /// The newest revision; 0 before the first change.
    async fn revision(&self) -> Result<Revision, Fault>;

    /// Puts these in the place of records whose content goes. One that is not of the same version of the same
    /// state, or is where its state stands, is left as it is. Nothing is announced: nothing happened. How many
    /// were replaced; what was replaced is durable. There is no answer by default, because a backend in front of
    /// another one has to hand it on.
    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault>;

    /// Every change from now on, announced after its commit and in the order of the log.
    fn announcements(&self) -> broadcast::Receiver<Announcement>;

    /// Another number whenever content became unreadable that was readable before: whoever has copies of what was read
    /// here drops them then.
    fn forgotten(&self) -> u64 {
        0
    }

    /// What there is of states that are not deleted, over all scopes.
    async fn held(&self) -> Result<Held, Fault>;

    /// What waits here at this moment; by default nothing ever does.
    async fn queues(&self) -> Result<Queues, Fault> {
        Ok(Queues::default())
    }

    /// How the backend is set up, and whether what it keeps is whole, as far as it can tell within seconds; by default
    /// there is nothing to say.
    async fn findings(&self) -> Result<Vec<Finding>, Fault> {
        Ok(Vec::new())
    }

    /// The note of this name.
    async fn note(&self, name: &str) -> Result<Option<Note>, Fault>;

    /// The notes whose names begin so, by name.
    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault>;

    /// Writes a note, or removes it (`None`), if it still has the version `seen` (0: there is none).
    /// `false` when somebody else was faster; nothing was done then. After a fault it may have been
    /// done: read it.
    async fn write_note(&self, name: &str, seen: u64, value: Option<&Value>)
    -> Result<bool, Fault>;
}

/// What is done together, or not at all.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// What must still be so, looked at before the first write.
    pub guards: Vec<Guard>,
    /// What is written, in this order.
    pub writes: Vec<Write>,
}

impl From<Vec<Write>> for Batch {
    fn from(writes: Vec<Write>) -> Self {
        let guards = Vec::new();
        Self { guards, writes }
    }
}

/// What a batch relies on without writing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Whose state.
    pub scope: Scope,
    /// Which one.
    pub id: StateId,
    /// What is stored must have this version; `None`: nothing may be stored.
    pub version: Option<Version>,
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
    /// The JSON of `after`, if it was made already; [`Text::default`] otherwise.
    pub text: Text,
}

impl Write {
    /// The JSON of `after`.
    fn json(&self) -> Result<Arc<str>, Fault> {
        match self.text.of(&self.after) {
            Some(json) => Ok(json),
            None => Ok(serde_json::to_string(&*self.after)?.into()),
        }
    }

    /// The memory of `after` as a tree of values.
    fn weight(&self) -> u32 {
        let known = self.text.weight(&self.after);
        known.unwrap_or_else(|| weight::of(&self.after))
    }

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

/// A record of the log without the content of its state.
#[derive(Debug, Clone, PartialEq)]
pub struct Thinned {
    /// Its place in the log.
    pub revision: Revision,
    /// What is left of the state after the change.
    pub state: Arc<State>,
}

/// How much a scope may hold. Only writes that make it hold more are refused.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// States that are not deleted.
    pub states: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Quota {
    /// For what was within its quota when it was first written. As much as every backend can count.
    pub(crate) const NONE: Self = Self {
        states: i64::MAX as u64,
        bytes: i64::MAX as u64,
    };
}

/// How much a backend holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// States that are not deleted.
    pub states: u64,
    /// Their bytes, as quotas count them.
    pub bytes: u64,
}

/// What waits in a backend at one moment. `None` where nothing ever waits, and where it cannot be told just now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queues {
    /// Batches (a write, a transaction) of this process that wait for the writer, without those that it is writing.
    pub writes: Option<u64>,
    /// Changes in the log that the index of the search does not have yet: the next search waits for them.
    pub search: Option<u64>,
}

/// One thing that a backend was asked about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at: `version`, `durability`.
    pub what: &'static str,
    /// What was found.
    pub found: String,
    /// What to do about it; `None` where it is good.
    pub advice: Option<String>,
}

impl Finding {
    fn new(what: &'static str, found: impl Into<String>, advice: Option<&str>) -> Self {
        Self {
            what,
            found: found.into(),
            advice: advice.map(Into::into),
        }
    }
}

/// The length of a queue that something else has to be asked for: without it where that fails or takes long, because the other
/// lengths are wanted most then.
async fn told_soon(length: impl Future<Output = Result<u64, Fault>>) -> Option<u64> {
    match timeout(Duration::from_secs(1), length).await {
        Ok(Ok(length)) => Some(length),
        Ok(Err(error)) => {
            tracing::debug!(%error, "the length of a queue is not known");
            None
        }
        Err(_) => None,
    }
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
