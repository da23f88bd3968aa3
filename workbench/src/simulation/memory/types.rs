//! What is told of results in memory. Plain data.

use serde::{Deserialize, Serialize};

/// Results in memory, now, and what was counted since the program began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryReport {
    /// Bytes that may be held.
    pub budget: u64,
    /// Bytes that are.
    pub held: u64,
    /// Of these: pinned, or open by somebody just now. They do not leave.
    pub staying: u64,
    /// Bytes beside: results that somebody reads and for which there was no room.
    pub beside: u64,
    /// Times a result was asked for and was there.
    pub hits: u64,
    /// Times it had to be loaded first.
    pub misses: u64,
    /// Results that left to make room.
    pub evictions: u64,
    /// Of the last loads: half took no longer, in milliseconds.
    pub median_load_ms: Option<u64>,
    /// Events raised: a threshold was passed.
    pub events: u64,
    /// Each result that is in memory or was lately, the last used first.
    pub items: Vec<MemoryItem>,
    /// What could be better.
    pub suggestions: Vec<Suggestion>,
}

/// One run's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryItem {
    /// The run.
    pub id: String,
    /// Its name when it was last read.
    pub name: String,
    /// What its buffers take, or took when it was loaded last.
    pub bytes: u64,
    /// Whether it is held now.
    pub is_held: bool,
    /// Whether it is pinned.
    pub is_pinned: bool,
    /// Whether somebody reads it just now.
    pub is_open: bool,
    /// Times it was there.
    pub hits: u64,
    /// Times it was loaded.
    pub loads: u64,
    /// Times it left.
    pub evictions: u64,
    /// How long the last load took, in milliseconds.
    pub load_ms: u64,
    /// When it was last asked for, in milliseconds since 1970.
    pub last_used: i64,
}

/// What a person could change, out of what was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suggestion {
    /// Pin this run: it is loaded again and again.
    Pin {
        /// The run.
        id: String,
        /// Its name.
        name: String,
        /// How often it was loaded.
        loads: u64,
    },
    /// Let go of this one: it takes room, and nobody reads it.
    Unpin {
        /// The run.
        id: String,
        /// Its name.
        name: String,
        /// What it takes.
        bytes: u64,
    },
    /// A larger budget: results are read again soon after they left.
    Raise {
        /// Bytes that would have held what was read lately.
        to: u64,
        /// How many were read again.
        again: u64,
    },
}

impl MemoryReport {
    /// Hits among all that was asked for, between 0 and 1; `None` while nothing was.
    pub fn hit_rate(&self) -> Option<f64> {
        let asked = self.hits + self.misses;
        (asked > 0).then(|| self.hits as f64 / asked as f64)
    }
}
