//! How an engine is put together: one backend, and what may differ from the defaults.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::sync::watch;

use super::{Parts, StateManager};
use crate::{
    Authority, Clock, Error, Ids, Kind, Lifecycle, Limits, State, SystemClock, UuidV7,
    backend::Backend,
    backend::Fault,
    error::Problem,
    hash::Map,
    limits::{Gate, RateLimits},
    metrics::Metrics,
    schema::Schemas,
    validate::rules::Rules,
};

/// The time to live of a store that does not say otherwise (setting `state.ttl_default`).
const STORE_TTL: Duration = Duration::from_secs(3600);

/// A [`StateManager`] in the making.
#[derive(Debug)]
#[must_use]
pub struct Builder {
    backend: Arc<dyn Backend>,
    clock: Arc<dyn Clock>,
    ids: Option<Arc<dyn Ids>>,
    limits: Limits,
    rate_limits: RateLimits,
    lifecycles: Map<Kind, Lifecycle>,
    ttls: Map<Kind, Duration>,
    rules: Rules,
    schemas: Schemas,
    authority: Option<Arc<dyn Authority>>,
    metrics: Metrics,
}

impl Builder {
    pub(super) fn new(backend: Arc<dyn Backend>) -> Self {
        let kinds = [
            Kind::USER,
            Kind::TRANSACTION,
            Kind::SUBSCRIPTION,
            Kind::FEATURE,
            Kind::SESSION,
            Kind::STORE,
            Kind::DATASET,
            Kind::WEBHOOK,
            Kind::COMPACTION,
        ];
        let lifecycles = kinds
            .into_iter()
            .filter_map(|kind| Some((kind.clone(), Lifecycle::built_in(&kind)?)));
        Self {
            backend,
            clock: Arc::new(SystemClock),
            ids: None,
            limits: Limits::default(),
            rate_limits: RateLimits::default(),
            lifecycles: lifecycles.collect(),
            ttls: [(Kind::STORE, STORE_TTL)].into_iter().collect(),
            rules: Rules::default(),
            schemas: Schemas::default(),
            authority: None,
            metrics: Metrics::default(),
        }
    }

    /// Another clock than the computer's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Other ids than UUIDs of version 7.
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = Some(ids);
        self
    }

    /// Other limits than the defaults.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How often each scope may read and write; without it, as often as it likes.
    pub fn rate_limits(mut self, limits: RateLimits) -> Self {
        self.rate_limits = limits;
        self
    }

    /// A kind of the application's own, or another lifecycle for one that comes with the engine.
    pub fn lifecycle(mut self, kind: Kind, lifecycle: Lifecycle) -> Self {
        self.lifecycles.insert(kind, lifecycle);
        self
    }

    /// How long a state of this kind lives when its creator does not say.
    pub fn ttl(mut self, kind: Kind, ttl: Duration) -> Self {
        self.ttls.insert(kind, ttl);
        self
    }

    /// Data of this kind must be as the JSON Schema says (draft 2020-12, formats included). Of
    /// several schemas for a kind all apply.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is no such schema, or refers to something outside itself.
    pub fn schema(mut self, kind: Kind, schema: &Value) -> Result<Self, Error> {
        self.rules.schema(kind, None, schema)?;
        Ok(self)
    }

    /// As [`Builder::schema`], for the states of this name only, and beside what applies to the kind.
    pub fn schema_for(mut self, kind: Kind, name: &str, schema: &Value) -> Result<Self, Error> {
        self.rules.schema(kind, Some(name), schema)?;
        Ok(self)
    }

    /// Asks `guard` before a state of this kind is written, with the state before (`None`: none that
    /// is not deleted) and as it would be. It is asked again when somebody else was faster, so it
    /// should have no effects. Deleting a state and recording its end are never asked about.
    pub fn guard(
        mut self,
        kind: Kind,
        guard: impl Fn(Option<&State>, &State) -> Result<(), Vec<Problem>> + Send + Sync + 'static,
    ) -> Self {
        self.rules.guard(kind, Arc::new(guard));
        self
    }

    /// Holds every write against what its actor may do; without it, everybody may do everything.
    pub fn authority(mut self, authority: Arc<dyn Authority>) -> Self {
        self.authority = Some(authority);
        self
    }

    /// Operations that take at least so long are remembered, the last hundred of them
    /// ([`StateManager::slow`]); without it, half a second.
    pub fn slow_above(mut self, threshold: Duration) -> Self {
        self.metrics = Metrics::slow_above(threshold);
        self
    }

    /// The next schema version of a kind, and how data of the version before comes into its shape.
    /// The first upcaster leads from version 1 to 2, the second from 2 to 3: they stay as long as
    /// such data may be stored, each as it was.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use holdfast::{Kind, StateManager, backend::Memory};
    /// let builder = StateManager::builder(Arc::new(Memory::new())).upcaster(Kind::USER, |mut data| {
    ///     let name = data["name"].as_str().ok_or("a user without a name")?;
    ///     data["initial"] = name.chars().next().map(String::from).into();
    ///     Ok(data)
    /// });
    /// ```
    pub fn upcaster(
        mut self,
        kind: Kind,
        upcaster: impl Fn(Value) -> Result<Value, Fault> + Send + Sync + 'static,
    ) -> Self {
        self.schemas.add(kind, Arc::new(upcaster));
        self
    }

    /// The engine, once it is sure that it can read what is stored, and with a note of the schema
    /// versions that it is going to write.
    ///
    /// # Errors
    /// [`Error::TooNew`] when there is data that only a newer program knows; [`Error::Failed`] with
    /// [`SealedFault::NoMaster`](crate::backend::SealedFault::NoMaster) when there are sealed states and
    /// no [`Sealed`](crate::backend::Sealed) in front of them.
    pub async fn open(self) -> Result<StateManager, Error> {
        let states = self.build();
        states.check_readable().await?;
        Ok(states)
    }

    /// The engine, without a look at what is stored. For a kind with upcasters use [`Builder::open`].
    pub fn build(self) -> StateManager {
        let ids = self
            .ids
            .unwrap_or_else(|| Arc::new(UuidV7::seeded_by_system(Arc::clone(&self.clock))));
        StateManager(Arc::new(Parts {
            backend: self.backend,
            clock: self.clock,
            ids,
            limits: self.limits,
            gate: Gate::new(self.rate_limits),
            lifecycles: self.lifecycles,
            ttls: self.ttls,
            rules: self.rules,
            schemas: self.schemas,
            authority: self.authority,
            metrics: self.metrics,
            hub: Arc::default(),
            nudges: watch::Sender::default(),
        }))
    }
}
