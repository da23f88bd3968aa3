//! What only the program around the pages knows of itself: connections, requests, its memory. Only on the server.

use holdfast::{Timestamp, metrics::Slow};

/// How the program fares at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VitalSigns {
    /// Live connections.
    pub connections: u64,
    /// Sessions and tokens that have one.
    pub sessions: u64,
    /// Accounts that have one.
    pub people: u64,
    /// Requests that were answered since the start.
    pub requests: u64,
    /// Of these, the ones that came too often.
    pub too_often: u64,
    /// Of these, the ones that ended in an error of ours.
    pub failed: u64,
    /// Bytes of memory that the process has; `None` where the system does not tell.
    pub resident: Option<u64>,
    /// The last requests that took long, the newest first.
    pub slow: Vec<Slow>,
}

/// How much there may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budgets {
    /// Bytes of states in the cache.
    pub cache: u64,
    /// Bytes of columns and indexes.
    pub tables: u64,
    /// Live connections.
    pub connections: u64,
}

/// Whoever can tell.
pub trait Vitals: std::fmt::Debug + Send + Sync + 'static {
    /// Reads them.
    fn read(&self) -> VitalSigns;

    /// When the program was started.
    fn started_at(&self) -> Timestamp;
}
