//! What a version says whose content a policy removed. Which versions these are, and what is left of them, is
//! the business of `compaction`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Revision, Timestamp, day};

/// What became of the content of an old version: all else of its record is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// When.
    pub at: Timestamp,
    /// By which policy, as the settings say it: `keep_versions = 20, keep_days = 30`.
    pub policy: String,
    /// The change of the log that says so, too.
    pub by: Revision,
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = day::civil(self.at);
        let policy = &self.policy;
        write!(
            f,
            "content removed by policy ({policy}) on {year:04}-{month:02}-{day:02}"
        )
    }
}
