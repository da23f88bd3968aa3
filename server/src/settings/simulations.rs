//! Simulated runs.

use serde::{Deserialize, Serialize};
use workbench::simulation::memory::MEMORY_BYTES;

/// The memory that results of runs may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulationSettings {
    /// Bytes of results held in memory; the longest unused leave, never from disk.
    pub memory_bytes: u64,
}

impl Default for SimulationSettings {
    fn default() -> Self {
        Self {
            memory_bytes: MEMORY_BYTES,
        }
    }
}
