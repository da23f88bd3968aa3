//! `GET /api/v1/runs/memory`: what is in memory of runs, in its two tiers: what is told of each run always, results under a
//! budget. A run is pinned by `PATCH /api/v1/runs/{id}`.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use workbench::simulation::{MemoryItem, Suggestion, registry::Browse};

use super::{Asker, Shared, by, refused::Refused};
use crate::api::openapi::Refusals;

/// Results that are named.
const NAMED: usize = 50;

/// What is in memory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunMemory)]
pub(super) struct Memory {
    /// Runs of one's own of which everything but their tables is in memory: all of them.
    runs: u64,
    /// Everybody's results, with one's own by name.
    results: Results,
}

/// Results in memory, and what was counted since the program began.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResultsInMemory)]
pub(super) struct Results {
    /// Bytes that may be held.
    budget: u64,
    /// Bytes that are.
    held: u64,
    /// Of these: pinned, or open by somebody just now. They do not leave.
    staying: u64,
    /// Bytes beside: results that somebody reads and for which there was no room.
    beside: u64,
    /// Times a result was asked for and was there.
    hits: u64,
    /// Times it had to be loaded first.
    misses: u64,
    /// Results that left to make room.
    evictions: u64,
    /// Half of the last loads took no longer, in milliseconds.
    median_load_ms: Option<u64>,
    /// Events raised: a threshold was passed.
    events: u64,
    /// One's own results that are in memory or were lately, the last used first; fifty at most.
    #[schema(max_items = 50)]
    items: Vec<Item>,
    /// What could be better.
    suggestions: Vec<Advice>,
}

/// One run's result.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResultInMemory)]
pub(super) struct Item {
    /// The run.
    id: String,
    /// Its name when it was last read.
    name: String,
    /// What it takes, or took when it was loaded last.
    bytes: u64,
    /// Whether it is held now.
    is_held: bool,
    /// Whether it is pinned.
    is_pinned: bool,
    /// Whether somebody reads it just now.
    is_open: bool,
    /// Times it was there.
    hits: u64,
    /// Times it was loaded.
    loads: u64,
    /// Times it left.
    evictions: u64,
    /// How long the last load took, in milliseconds.
    load_ms: u64,
    /// When it was last asked for, in milliseconds since 1970.
    last_used: i64,
}

/// What a person could change, out of what was counted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
#[schema(as = MemoryAdvice)]
pub(super) enum Advice {
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
    /// A larger budget, which an administrator gives: results are read again soon after they left.
    Raise {
        /// Bytes that would have held what was read lately.
        to: u64,
        /// How many were read again.
        again: u64,
    },
}

/// What is in memory of runs
#[utoipa::path(
    get, path = "/api/v1/runs/memory", operation_id = "getRunMemory", tag = "runs",
    responses((status = 200, description = "What is in memory.", body = Memory), Refusals),
)]
pub(super) async fn memory(
    State(shared): State<Shared>,
    asker: Asker,
) -> Result<Json<Memory>, Refused> {
    let (runs, by) = (&shared.app.runs, by(&asker)?);
    let known = runs.browse(&by, &Browse::default(), 0, 0).await?;
    let report = runs.memory_of(&by);
    let items = report.items.into_iter().take(NAMED);
    let results = Results {
        budget: report.budget,
        held: report.held,
        staying: report.staying,
        beside: report.beside,
        hits: report.hits,
        misses: report.misses,
        evictions: report.evictions,
        median_load_ms: report.median_load_ms,
        events: report.events,
        items: items.map(Into::into).collect(),
        suggestions: report.suggestions.into_iter().map(Into::into).collect(),
    };
    Ok(Json(Memory {
        runs: known.all,
        results,
    }))
}

impl From<MemoryItem> for Item {
    fn from(item: MemoryItem) -> Self {
        Self {
            id: item.id,
            name: item.name,
            bytes: item.bytes,
            is_held: item.is_held,
            is_pinned: item.is_pinned,
            is_open: item.is_open,
            hits: item.hits,
            loads: item.loads,
            evictions: item.evictions,
            load_ms: item.load_ms,
            last_used: item.last_used,
        }
    }
}

impl From<Suggestion> for Advice {
    fn from(suggestion: Suggestion) -> Self {
        match suggestion {
            Suggestion::Pin { id, name, loads } => Self::Pin { id, name, loads },
            Suggestion::Unpin { id, name, bytes } => Self::Unpin { id, name, bytes },
            Suggestion::Raise { to, again } => Self::Raise { to, again },
        }
    }
}
