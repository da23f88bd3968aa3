//! What a file of query parameters came to: plain types, also in the browser.

use serde::{Deserialize, Serialize};

use crate::query::{Counts, MergeSpec};

/// Bytes of a file: thousands of columns, and no more than a mistake can cost.
pub const MAX_PARAMETERS_BYTES: usize = 1 << 20;

/// A file of query parameters, held against the present data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// What was noted about the query.
    pub notes: String,
    /// When it was exported, as the file says it.
    pub exported_at: String,
    /// What applies, as a query.
    pub spec: MergeSpec,
    /// The same in words: the filters in their order, then tables and form.
    pub applies: Vec<String>,
    /// What does not apply, in the file's order as far as it goes.
    pub left_out: Vec<LeftOut>,
    /// How many more do not apply than are listed.
    pub more_left_out: u64,
    /// Who and what the query leaves.
    pub left: Counts,
}

/// A part of a file that does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its line, from 1.
    pub line: u64,
    /// What it is: `site Rochester`, `card scans.volume`.
    pub what: String,
    /// Why it does not apply.
    pub why: String,
}
