//! What was done and refused, how often and how long it took, since the manager was built.
//!
//! They only count; who shows them, and under which names, is the server's business.

mod latency;
mod slow;

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use dashmap::DashMap;

use self::latency::Latencies;
pub use self::{
    latency::{Histogram, Latency},
    slow::{Slow, SlowList},
};
use crate::{Change, Error, Transition};

/// The counters as they stood at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Single states looked up.
    pub reads: u64,
    /// Changes written, those of the sweeper among them.
    pub writes: u64,
    /// Transitions that the lifecycle does not have.
    pub refusals: u64,
    /// Writes that found another version than they expected.
    pub conflicts: u64,
    /// Requests that were malformed, larger than a limit, or against the rules of a kind.
    pub rejections: u64,
    /// Requests of scopes that asked too often.
    pub rate_limited: u64,
    /// Operations that took too long.
    pub timeouts: u64,
    /// Operations that the backend failed, or that met data which this program cannot read.
    pub failures: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    reads: AtomicU64,
    writes: AtomicU64,
    refusals: AtomicU64,
    conflicts: AtomicU64,
    rejections: AtomicU64,
    rate_limited: AtomicU64,
    timeouts: AtomicU64,
    failures: AtomicU64,
    updates: AtomicU64,
    /// The other transitions.
    transitions: DashMap<Transition, u64>,
    latencies: Latencies,
    slow: SlowList,
}

impl Metrics {
    pub(crate) fn read(&self) {
        self.reads.fetch_add(1, Relaxed);
    }

    pub(crate) fn wrote(&self, changes: &[Change]) {
        self.writes.fetch_add(changes.len() as u64, Relaxed);
        for change in changes {
            // What most changes are is counted without asking the table.
            if change.transition == Transition::UPDATE {
                self.updates.fetch_add(1, Relaxed);
                continue;
            }
            match self.transitions.get_mut(&change.transition) {
                Some(mut count) => *count += 1,
                None => {
                    *self
                        .transitions
                        .entry(change.transition.clone())
                        .or_default() += 1
                }
            }
        }
    }

    pub(crate) fn slow_above(threshold: Duration) -> Self {
        Self {
            slow: SlowList::above(threshold),
            ..Self::default()
        }
    }

    pub(crate) fn took(&self, operation: &'static str, time: Duration) {
        self.latencies.record(operation, time);
    }

    pub(crate) fn slow(&self) -> &SlowList {
        &self.slow
    }

    pub(crate) fn failed(&self, error: &Error) {
        let counter = match error {
            Error::Refused { .. } | Error::Forbidden { .. } => &self.refusals,
            Error::Conflict { .. } | Error::Conflicts { .. } => &self.conflicts,
            Error::Invalid { .. } | Error::Violations { .. } | Error::TooLarge { .. } => {
                &self.rejections
            }
            Error::RateLimited { .. } => &self.rate_limited,
            Error::Timeout { .. } => &self.timeouts,
            Error::TooNew { .. } | Error::NotUpgraded { .. } | Error::Failed { .. } => {
                &self.failures
            }
            // These are answers, not events.
            Error::Absent { .. } | Error::Expired { .. } | Error::Removed { .. } => return,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// What was written, by name.
    pub(crate) fn transitions(&self) -> Vec<(Transition, u64)> {
        let counted = self.transitions.iter();
        let mut counted: Vec<_> = counted.map(|it| (it.key().clone(), *it.value())).collect();
        let updates = self.updates.load(Relaxed);
        counted.extend((updates > 0).then_some((Transition::UPDATE, updates)));
        counted.sort();
        counted
    }

    pub(crate) fn latencies(&self) -> Vec<Latency> {
        self.latencies.read()
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            reads: self.reads.load(Relaxed),
            writes: self.writes.load(Relaxed),
            refusals: self.refusals.load(Relaxed),
            conflicts: self.conflicts.load(Relaxed),
            rejections: self.rejections.load(Relaxed),
            rate_limited: self.rate_limited.load(Relaxed),
            timeouts: self.timeouts.load(Relaxed),
            failures: self.failures.load(Relaxed),
        }
    }
}
