//! How an engine is put together: one backend, and what may differ from the defaults.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::{Parts, StateManager};
use crate::{
    Clock, Ids, Kind, Lifecycle, Limits, SystemClock, UuidV7, backend::Backend, metrics::Metrics,
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
    lifecycles: HashMap<Kind, Lifecycle>,
    ttls: HashMap<Kind, Duration>,
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
        ];
        let lifecycles = kinds
            .into_iter()
            .filter_map(|kind| Some((kind.clone(), Lifecycle::built_in(&kind)?)));
        Self {
            backend,
            clock: Arc::new(SystemClock),
            ids: None,
            limits: Limits::default(),
            lifecycles: lifecycles.collect(),
            ttls: HashMap::from([(Kind::STORE, STORE_TTL)]),
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

    /// The engine.
    pub fn build(self) -> StateManager {
        let ids = self
            .ids
            .unwrap_or_else(|| Arc::new(UuidV7::seeded_by_system(Arc::clone(&self.clock))));
        StateManager(Arc::new(Parts {
            backend: self.backend,
            clock: self.clock,
            ids,
            limits: self.limits,
            lifecycles: self.lifecycles,
            ttls: self.ttls,
            metrics: Metrics::default(),
        }))
    }
}
