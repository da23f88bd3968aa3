//! What a server and the client of its cluster say to each other.

use serde::{Deserialize, Serialize};

/// What the client of a cluster is asked for: JSON, on the first line of its standard input, which stays open for as long
/// as the answer is wanted. The answer is an Arrow stream on its standard output, ordered by [`LINE`], with that column,
/// one [`found`] for each table and one [`cell`] for each of its columns; or what went wrong on its standard error (a line
/// for people, then the cluster's own words), and an exit code other than 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatherJob {
    /// Where the cluster's scheduler is: `http://host:50050`.
    pub scheduler: String,
    /// A Parquet file that the executors see too, one row a line: [`LINE`], and for each table its [`key`]s.
    pub lines: String,
    /// The tables.
    pub tables: Vec<GatherTable>,
    /// Seconds that the cluster may take to its first rows, and from each to the next, before it is given up.
    pub patience_seconds: u64,
}

/// A table of which cells are gathered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatherTable {
    /// Its number, of which its columns have their names.
    pub number: usize,
    /// Its Parquet file, which the executors see too.
    pub path: String,
    /// What names a row: equal to the line's keys, in the same order.
    pub keys: Vec<GatherKey>,
    /// The columns to gather.
    pub columns: Vec<String>,
}

/// A column that names a row together with the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatherKey {
    /// The column.
    pub column: String,
    /// Whether a missing value is a name like any other. Otherwise it belongs to no line.
    pub may_be_missing: bool,
}

/// The column that counts lines from 0.
pub const LINE: &str = "line";

/// The column of a table's key in the file of lines.
pub fn key(table: usize, key: usize) -> String {
    format!("key_{table}_{key}")
}

/// The column that says whether the table has a row for the line.
pub fn found(table: usize) -> String {
    format!("found_{table}")
}

/// The column of the answer that holds a table's column.
pub fn cell(table: usize, column: usize) -> String {
    format!("cell_{table}_{column}")
}
