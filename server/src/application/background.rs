//! What goes on beside requests, from the start of a server to its end.

use std::{sync::Arc, time::Duration};

use app::{Monitor, Sampling};
use holdfast::{
    Clock, StateManager, Sweeper, callbacks::webhooks::Webhooks, compaction::Compactor,
};
use tokio::task::JoinHandle;
use workbench::{
    Workbench,
    configurations::desk::{Desk, DiskWatch},
    simulation::runs::Runs,
};

use super::open::{collect, deliver, sweep};
use crate::{Error, Settings};

/// What it works on.
pub(super) struct Work<'a> {
    pub(super) states: &'a StateManager,
    pub(super) workbench: &'a Workbench,
    pub(super) desk: &'a Desk,
    pub(super) runs: &'a Runs,
    pub(super) monitor: &'a Monitor,
    pub(super) clock: &'a Arc<dyn Clock>,
}

/// It goes on until it is stopped.
pub(super) struct Background {
    runs: Runs,
    /// States that are due.
    _sweeper: Sweeper,
    /// What other programs write into the folder of configurations.
    _disk_watch: DiskWatch,
    /// What the policies let go from the log.
    _compactor: Option<Compactor>,
    /// Figures of the Monitor.
    _sampling: Sampling,
    /// What runs left behind that broke off.
    leftovers: JoinHandle<()>,
    /// Files that no state names any more.
    collector: Option<JoinHandle<()>>,
    webhooks: Option<Webhooks>,
}

impl Background {
    /// Begins all of it, as often as the settings say.
    pub(super) fn start(settings: &Settings, work: &Work<'_>) -> Result<Self, Error> {
        let (states, runs) = (work.states, work.runs.clone());
        let webhooks = deliver(settings, states)?;
        let sweep_every = Duration::from_secs(settings.state.sweep_seconds);
        let kept = Duration::from_secs(u64::from(settings.data.kept_days) * 24 * 3600);
        let collector = (!kept.is_zero()).then(|| {
            let (files, clock) = (work.workbench.clone(), Arc::clone(work.clock));
            tokio::spawn(collect(files, states.clone(), clock, kept))
        });
        let policies = settings.compaction()?;
        let compact_every = Duration::from_secs(settings.state.compaction_interval);
        let is_compacted = !policies.is_empty() && !compact_every.is_zero();
        let sample_every = Duration::from_secs(settings.monitor.sample_seconds.max(1));
        Ok(Self {
            _sweeper: states.spawn_sweeper(sweep_every),
            _disk_watch: work.desk.watch_disk(settings.configurations.look_every()),
            _compactor: is_compacted.then(|| states.spawn_compactor(policies, compact_every)),
            _sampling: work.monitor.begin(sample_every),
            leftovers: tokio::spawn(sweep(runs.clone(), sweep_every)),
            collector,
            webhooks,
            runs,
        })
    }

    /// Ends it: runs and deliveries are left so that the next start goes on with them.
    pub(super) async fn stop(self) {
        self.leftovers.abort();
        if let Some(collector) = self.collector {
            collector.abort();
        }
        self.runs.stop().await;
        if let Some(webhooks) = self.webhooks {
            webhooks.stop().await;
        }
    }
}
