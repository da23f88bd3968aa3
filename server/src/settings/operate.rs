//! What an operator watches the server with, and the backups that it makes by itself.

use serde::{Deserialize, Serialize};

/// The Monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonitorSettings {
    /// Seconds between two samples; 720 of them are kept, and 720 coarser ones.
    pub sample_seconds: u64,
    /// Milliseconds from which on an operation or a request is slow.
    pub slow_ms: u64,
}

impl Default for MonitorSettings {
    fn default() -> Self {
        Self {
            sample_seconds: 5,
            slow_ms: 500,
        }
    }
}

/// Backups that are made while the server runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackupSettings {
    /// How many are kept.
    pub keep: usize,
    /// Hours between two that nobody asked for; 0: none.
    pub every_hours: u64,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self {
            keep: 14,
            every_hours: 0,
        }
    }
}

/// What a Prometheus server collects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsSettings {
    /// Whether there are any.
    pub enabled: bool,
    /// An address of their own, at which nobody has to log in; without it, `/metrics` is at the server's own address for
    /// administrators.
    pub addr: Option<std::net::SocketAddr>,
}

impl Default for MetricsSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            addr: None,
        }
    }
}
