//! [`StateManager`]: the one door to the states.
//!
//! This file owns how the door is built and what is read through it. `manager::write` changes
//! states, `manager::step` and `manager::draft` say what they become, `manager::sweeper` ends those whose time is
//! over. Only the manager writes to a backend.

mod builder;
pub(crate) mod chain;
mod check;
mod draft;
mod new;
mod put;
mod replay;
mod scope;
pub(crate) mod step;
mod sweeper;
mod write;

use std::{pin::pin, sync::Arc, time::Duration};

use futures::future::poll_immediate;
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

pub use self::{
    builder::Builder,
    new::{New, Ttl},
    sweeper::Sweeper,
};
use crate::{
    Authority, Change, Clock, Error, Ids, Kind, Lifecycle, Limits, Scope, State, StateId, Status,
    Timestamp, Transition,
    backend::{Backend, Fault, Finding, Held, Queues},
    hash::Map,
    limits::{Access, Gate},
    log::MAX_PAGE,
    metrics::{Counts, Latency, Metrics, Slow},
    schema::Schemas,
    validate::rules::Rules,
    watch::Hub,
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
    gate: Gate,
    lifecycles: Map<Kind, Lifecycle>,
    ttls: Map<Kind, Duration>,
    rules: Rules,
    schemas: Schemas,
    authority: Option<Arc<dyn Authority>>,
    metrics: Metrics,
    hub: Arc<Hub>,
    /// Counts what was asked of subscribers, so that those in this process look at once.
    nudges: watch::Sender<u64>,
}

impl StateManager {
    /// Begins an engine on `backend`; everything else has a default.
    pub fn builder(backend: Arc<dyn Backend>) -> Builder {
        Builder::new(backend)
    }

    /// The state with this id; `None` when this scope has none or it was deleted.
    ///
    /// # Errors
    /// [`Error::Expired`] when its time is over, whether the sweeper has been there or not. As from
    /// [`StateManager::upgraded`] when it is not in today's shape.
    pub async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Error> {
        self.0.metrics.read();
        self.admit(Access::Read, scope)?;
        self.read(scope, id).await
    }

    /// The same for the engine's own work, which spends nobody's leave to ask.
    pub(crate) async fn read(
        &self,
        scope: &Scope,
        id: &StateId,
    ) -> Result<Option<Arc<State>>, Error> {
        let found = self.within("get", self.0.backend.get(scope, id)).await?;
        let Some(state) = found.filter(|state| state.status != Status::DELETED) else {
            return Ok(None);
        };
        match self.end_of(&state, self.0.clock.now()) {
            Some(at) => Err(Error::Expired { id: id.clone(), at }),
            None => self.upgraded(&state).map(Some),
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
        self.admit(Access::Read, scope)?;
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
            for state in page
                .iter()
                .filter(|state| self.end_of(state, now).is_none())
            {
                live.push(self.upgraded(state)?);
            }
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

    /// How often each transition was written since the engine was built, by name.
    pub fn transitions(&self) -> Vec<(Transition, u64)> {
        self.0.metrics.transitions()
    }

    /// How long the callers of each operation waited since the engine was built. What was answered
    /// without waiting (from memory, from a cache) counts as no time.
    pub fn latencies(&self) -> Vec<Latency> {
        self.0.metrics.latencies()
    }

    /// The last operations that took long (see [`Builder::slow_above`]), the newest first.
    pub fn slow(&self) -> Vec<Slow> {
        self.0.metrics.slow().read()
    }

    /// What the backend holds of states that are not deleted, over all scopes.
    pub async fn held(&self) -> Result<Held, Error> {
        self.within("held", self.0.backend.held()).await
    }

    /// What waits in the backend at this moment.
    pub async fn queues(&self) -> Result<Queues, Error> {
        self.within("queues", self.0.backend.queues()).await
    }

    /// How the backend is set up, and whether what it keeps is whole.
    pub async fn findings(&self) -> Result<Vec<Finding>, Error> {
        self.within("findings", self.0.backend.findings()).await
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The kinds that the engine knows, by name.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.0.lifecycles.keys().cloned().collect();
        kinds.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        kinds
    }

    /// How states of this kind may change, if the engine knows the kind.
    pub fn lifecycle(&self, kind: &Kind) -> Option<&Lifecycle> {
        self.0.lifecycles.get(kind)
    }

    /// When a state ended, if its time is over.
    pub(crate) fn ended_at(&self, state: &State) -> Option<Timestamp> {
        self.end_of(state, self.0.clock.now())
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// An id that nothing has yet.
    pub(crate) fn new_id(&self) -> StateId {
        self.0.ids.next()
    }

    /// Counts what was written.
    pub(crate) fn wrote(&self, changes: Vec<Change>) -> Vec<Change> {
        self.0.metrics.wrote(&changes);
        changes
    }

    pub(crate) fn authority(&self) -> Option<&Arc<dyn Authority>> {
        self.0.authority.as_ref()
    }

    pub(crate) fn schemas(&self) -> &Schemas {
        &self.0.schemas
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    /// Has the subscribers of this process look at their notes.
    pub(crate) fn nudge_subscribers(&self) {
        self.0.nudges.send_modify(|nudges| *nudges += 1);
    }

    pub(crate) fn nudges(&self) -> watch::Receiver<u64> {
        self.0.nudges.subscribe()
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
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
        let mut work = pin!(work);
        // What needs no waiting needs no clock either.
        let (answer, took) = match poll_immediate(&mut work).await {
            Some(answer) => (Ok(answer), Duration::ZERO),
            None => {
                let begun = Instant::now();
                let span = tracing::debug_span!("engine", operation);
                let work = tracing::Instrument::instrument(work, span);
                (timeout(after, work).await, begun.elapsed())
            }
        };
        self.0.metrics.took(operation, took);
        self.0.metrics.slow().look(took, || Slow {
            operation: operation.into(),
            at: self.0.clock.now(),
            took,
            is_done: matches!(answer, Ok(Ok(_))),
        });
        let result = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(source)) => Error::Failed { operation, source },
            Err(_) => Error::Timeout { operation, after },
        };
        self.0.metrics.failed(&result);
        Err(result)
    }

    /// When the state ended, if its time is over. A time to live ends a state where its lifecycle
    /// has an `expire`; elsewhere (a completed transaction) it means nothing.
    pub(crate) fn end_of(&self, state: &State, now: Timestamp) -> Option<Timestamp> {
        if state.status == Status::EXPIRED {
            return Some(state.expires_at.unwrap_or(state.updated_at));
        }
        let passed = state.expires_at.filter(|at| *at <= now)?;
        let lifecycle = self.0.lifecycles.get(&state.kind)?;
        lifecycle.can_expire(&state.status).then_some(passed)
    }
}
