//! What is asked of the registry and what it answers. Plain data.

use serde::{Deserialize, Serialize};

use crate::simulation::{Means, RunStatus};

/// By what runs are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// When somebody last changed something about it.
    #[default]
    Changed,
    /// When it was ordered.
    Created,
    /// By name, numbers by their value.
    Name,
    /// How many patients it has.
    Patients,
    /// How many bytes its tables have.
    Size,
    /// How long it took.
    Runtime,
}

/// Which runs are looked for. What is empty excludes nothing; of several values in a list one must hold, but of tags all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Browse {
    /// Words that must all be there, or parts of words: in names, protocols, tags, notes or any other field.
    pub text: String,
    /// Tags that it must all have, exactly.
    pub tags: Vec<String>,
    /// Names of protocols.
    pub protocols: Vec<String>,
    /// Scheduling rules.
    pub models: Vec<String>,
    /// Where it must stand.
    pub status: Option<RunStatus>,
    /// In which order.
    pub sort: SortBy,
    /// The least first; without it the greatest, and the newest.
    pub is_ascending: bool,
}

/// A run in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Where it stands.
    pub status: RunStatus,
    /// Why it failed.
    pub reason: Option<String>,
    /// The protocol's name.
    pub protocol: String,
    /// The protocol's version.
    pub protocol_version: String,
    /// The scheduling rule.
    pub model: String,
    /// Patients ordered.
    pub patients: u32,
    /// Years.
    pub years: f64,
    /// Of a completed run: visits.
    pub visits: Option<u64>,
    /// Bytes of both tables.
    pub bytes: Option<u64>,
    /// How long it took.
    pub runtime_ms: Option<u64>,
    /// Means over its patients; `None` of runs that were kept before there were any.
    pub means: Option<Means>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Whether it is to be kept in memory before others.
    pub is_pinned: bool,
    /// When it was ordered, in milliseconds since 1970.
    pub created_at: i64,
    /// Of its state: what a change names as what it has seen.
    pub version: u64,
}

/// A value that runs have, and how many of those found have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The value.
    pub value: String,
    /// How many.
    pub count: u64,
}

/// A page of what was found, with the facets of all of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Browsed {
    /// The runs of this page.
    pub rows: Vec<RunRow>,
    /// How many were found.
    pub total: u64,
    /// How many there are.
    pub all: u64,
    /// Protocols, models, statuses, tags: the most frequent first.
    pub protocols: Vec<Facet>,
    /// Scheduling rules.
    pub models: Vec<Facet>,
    /// Statuses, as the engine calls them.
    pub statuses: Vec<Facet>,
    /// Tags.
    pub tags: Vec<Facet>,
    /// How long it took to find them, in microseconds.
    pub took_us: u64,
}
