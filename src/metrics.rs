//! Counters of what was done and refused, since the manager was built.
//!
//! They only count; who shows them, and under which names, is the server's business.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::Error;

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
    /// Requests that were malformed or larger than a limit.
    pub rejections: u64,
    /// Operations that took too long.
    pub timeouts: u64,
    /// Operations that the backend failed.
    pub failures: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    reads: AtomicU64,
    writes: AtomicU64,
    refusals: AtomicU64,
    conflicts: AtomicU64,
    rejections: AtomicU64,
    timeouts: AtomicU64,
    failures: AtomicU64,
}

impl Metrics {
    pub(crate) fn read(&self) {
        self.reads.fetch_add(1, Relaxed);
    }

    pub(crate) fn wrote(&self, changes: usize) {
        self.writes.fetch_add(changes as u64, Relaxed);
    }

    pub(crate) fn failed(&self, error: &Error) {
        let counter = match error {
            Error::Refused { .. } => &self.refusals,
            Error::Conflict { .. } | Error::Conflicts { .. } => &self.conflicts,
            Error::Invalid { .. } | Error::TooLarge { .. } => &self.rejections,
            Error::Timeout { .. } => &self.timeouts,
            Error::Failed { .. } => &self.failures,
            // These are answers, not events.
            Error::Absent { .. } | Error::Expired { .. } => return,
        };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            reads: self.reads.load(Relaxed),
            writes: self.writes.load(Relaxed),
            refusals: self.refusals.load(Relaxed),
            conflicts: self.conflicts.load(Relaxed),
            rejections: self.rejections.load(Relaxed),
            timeouts: self.timeouts.load(Relaxed),
            failures: self.failures.load(Relaxed),
        }
    }
}
