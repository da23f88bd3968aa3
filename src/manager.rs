//! [`StateManager`]: the one door to the states.
//!
//! This file owns how the door is built and what is read through it. `manager::write` changes
//! states, `manager::step` and `manager::draft` say what they become, `manager::sweeper` ends those whose time is
//! over. Only the manager writes to a backend.

mod builder;
mod check;
mod draft;
mod new;
mod put;
pub(crate) mod step;
mod sweeper;
mod write;

use std::{collections::HashMap, sync::Arc, time::Duration};

pub use self::{
    builder::Builder,
    new::{New, Ttl},
    sweeper::Sweeper,
};
use crate::{
    Change, Clock, Error, Ids, Kind, Lifecycle, Limits, Scope, State, StateId, Status, Timestamp,
    backend::{Backend, Fault},
    log::MAX_PAGE,
    metrics::{Counts, Metrics},
};

/// The one door: checks, guards and writes every change, and answers every reader.
///
/// Cheap to clone; all clones are one engine. It needs a Tokio runtime with timers.
#[derive(Debug, Clone)]
pub struct StateManager(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    backend: Arc<dyn Backend>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    limits: Limits,
    lifecycles: HashMap<Kind, Lifecycle>,
    ttls: HashMap<Kind, Duration>,
    metrics: Metrics,
}

impl StateManager {
    /// Begins an engine on `backend`; everything else has a default.
    pub fn builder(backend: Arc<dyn Backend>) -> Builder {
        Builder::new(backend)
    }

    /// The state with this id; `None` when this scope has none or it was deleted.
    ///
    /// # Errors
    /// [`Error::Expired`] when its time is over, whether the sweeper has been there or not.
    pub async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Error> {
        self.0.metrics.read();
        let found = self.within("get", self.0.backend.get(scope, id)).await?;
        let Some(state) = found.filter(|state| state.status != Status::DELETED) else {
            return Ok(None);
        };
        match self.end_of(&state, self.0.clock.now()) {
            Some(at) => Err(Error::Expired { id: id.clone(), at }),
            None => Ok(Some(state)),
        }
    }

    /// The states of a scope that are neither deleted nor expired, by id, behind `after`. Fewer
    /// than `limit` (or than [`MAX_PAGE`]) means that there are no more.
    pub async fn list(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Error> {
        let limit = limit.min(MAX_PAGE);
        let now = self.0.clock.now();
        let mut after = after.cloned();
        let mut live = Vec::new();
        // What is over but not yet swept is passed over here, so a page may take several scans.
        while live.len() < limit {
            let wanted = limit - live.len();
            let scan = self.0.backend.scan(scope, kind, after.as_ref(), wanted);
            let page = self.within("list", scan).await?;
            let is_last = page.len() < wanted;
            after = page.last().map(|state| state.id.clone());
            live.extend(
                page.into_iter()
                    .filter(|state| self.end_of(state, now).is_none()),
            );
            if is_last {
                break;
            }
        }
        Ok(live)
    }

    /// What was done and refused since the engine was built.
    pub fn counts(&self) -> Counts {
        self.0.metrics.counts()
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// How states of this kind may change, if the engine knows the kind.
    pub fn lifecycle(&self, kind: &Kind) -> Option<&Lifecycle> {
        self.0.lifecycles.get(kind)
    }

    /// When a state ended, if its time is over.
    pub(crate) fn ended_at(&self, state: &State) -> Option<Timestamp> {
        self.end_of(state, self.0.clock.now())
    }

    /// An id that nothing has yet.
    pub(crate) fn new_id(&self) -> StateId {
        self.0.ids.next()
    }

    /// Counts what was written.
    pub(crate) fn wrote(&self, changes: Vec<Change>) -> Vec<Change> {
        self.0.metrics.wrote(changes.len());
        changes
    }

    pub(crate) fn backend(&self) -> &Arc<dyn Backend> {
        &self.0.backend
    }

    /// Waits for the backend, but not forever, and gives its faults a name.
    pub(crate) async fn within<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Error> {
        let after = self.0.limits.timeout;
        let result = match tokio::time::timeout(after, work).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(source)) => Error::Failed { operation, source },
            Err(_) => Error::Timeout { operation, after },
        };
        self.0.metrics.failed(&result);
        Err(result)
    }

    /// When the state ended, if its time is over. A time to live ends a state where its lifecycle
    /// has an `expire`; elsewhere (a completed transaction) it means nothing.
    fn end_of(&self, state: &State, now: Timestamp) -> Option<Timestamp> {
        if state.status == Status::EXPIRED {
            return Some(state.expires_at.unwrap_or(state.updated_at));
        }
        let passed = state.expires_at.filter(|at| *at <= now)?;
        let lifecycle = self.0.lifecycles.get(&state.kind)?;
        lifecycle.can_expire(&state.status).then_some(passed)
    }
}
