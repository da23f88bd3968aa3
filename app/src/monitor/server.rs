//! What the Monitor asks of the server. Figures come as text: the page places them, and has nothing to reckon.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppError, json::Json};

/// How the server fares.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Overview {
    /// What is wrong, if something is.
    pub(super) problem: Option<String>,
    /// `SQLite, up 12 days`.
    pub(super) about: String,
    pub(super) tiles: Vec<Tile>,
    pub(super) charts: Vec<Chart>,
    pub(super) memory: Memory,
    pub(super) events: Vec<Event>,
    pub(super) suggestions: Vec<Suggestion>,
    pub(super) operations: Vec<Operation>,
    /// What was refused and went wrong since the start: what, how often.
    pub(super) refusals: Vec<(String, String)>,
    pub(super) queues: Vec<Queue>,
    /// What waits where states are kept: what, how much.
    pub(super) waiting: Vec<(String, String)>,
    pub(super) slow: Vec<SlowRow>,
    /// From where on something is slow.
    pub(super) slow_above: String,
    pub(super) backups: Backups,
}

/// A figure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tile {
    pub(super) title: String,
    pub(super) figure: String,
    pub(super) unit: String,
    pub(super) note: String,
    /// Whether it is beyond its bar.
    pub(super) is_broken: bool,
}

/// Lines over time, in a square of 100 by 100.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) unit: String,
    /// What it shows, in a sentence.
    pub(super) summary: String,
    pub(super) lines: Vec<ChartLine>,
    /// Where a value stands from the top, and what it is.
    pub(super) across: Vec<(f64, String)>,
    /// Where a time stands from the left, and what it is.
    pub(super) along: Vec<(f64, String)>,
    /// Where the bar stands from the top, and its name.
    pub(super) bar: Option<(f64, String)>,
    /// The same as a table: time, then a figure for each line.
    pub(super) rows: Vec<Vec<String>>,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChartLine {
    pub(super) name: String,
    /// A token of the palette.
    pub(super) colour: String,
    pub(super) path: String,
}

/// What is in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// Of the process.
    pub(super) resident: String,
    pub(super) items: Vec<Item>,
}

/// Something that is in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) size: String,
    /// Of what it may have, in percent.
    pub(super) share: u8,
}

/// A change in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) revision: u64,
    /// The time of the day, UTC.
    pub(super) at: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) did: String,
    pub(super) who: String,
    /// `pending → completed`, `v40 → v41`.
    pub(super) change: String,
    pub(super) tone: Tone,
}

/// How a change is to be taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Tone {
    #[default]
    Plain,
    Good,
    Bad,
}

/// Something to do, with one way to do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What it is about.
    pub sign: Sign,
    /// What to do, in a few words.
    pub title: String,
    /// The reason, in numbers.
    pub why: String,
    /// The way.
    pub action: Action,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sign {
    /// States cannot always be read or written.
    Fault,
    /// Webhooks are behind, or messages were given up.
    Webhook,
    /// There is no young backup.
    Backup,
    /// Live connections come to their bound.
    Connections,
    /// Requests came too often.
    TooOften,
    /// The cache of states is too small.
    Cache,
}

/// The way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Make a backup.
    BackUp,
    /// Look at a page.
    Look {
        /// Its path.
        href: String,
    },
    /// Write lines into the settings file: settings are read at the start.
    Set {
        /// The lines.
        lines: String,
    },
}

/// How often and how quickly something was done since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) rate: String,
    pub(super) p50: String,
    pub(super) p99: String,
}

/// Who is told of changes, and how far they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Queue {
    pub(super) name: String,
    pub(super) behind: String,
    pub(super) waiting: String,
    pub(super) failed: String,
}

/// Something that took long.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SlowRow {
    pub(super) at: String,
    pub(super) what: String,
    pub(super) took: String,
    pub(super) is_done: bool,
}

/// The backups, and the one that is being made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Backups {
    pub(super) files: Vec<File>,
    /// The folder.
    pub(super) folder: String,
    /// Of a backup that is under way: done and in all.
    pub(super) working: Option<(u64, u64)>,
    /// Why the last one failed.
    pub(super) problem: Option<String>,
}

/// A backup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) name: String,
    /// For people, UTC.
    pub(super) made_at: String,
    pub(super) size: String,
    /// What the last look at it found; nothing while nobody looked since the start.
    pub(super) verdict: Option<Verdict>,
}

/// Whether a backup is whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Verdict {
    Whole { states: u64, revision: u64 },
    Broken(String),
}

/// How the server fares, with so many minutes in the charts; `None` for who does not administer it.
#[server(prefix = "/api", endpoint = "watch_server", input = Json, output = Json)]
pub(super) async fn watch_server(minutes: u32) -> Result<Option<Overview>, AppError> {
    crate::error::answer(async {
        super::answers::overview(&crate::context::caller()?, minutes).await
    })
    .await
}

/// Begins a backup.
#[server(prefix = "/api", endpoint = "begin_backup", input = Json, output = Json)]
pub(super) async fn begin_backup() -> Result<(), AppError> {
    crate::error::answer(async { super::answers::back_up(&crate::context::caller()?).await }).await
}

/// Gives up the backup that is being made.
#[server(prefix = "/api", endpoint = "cancel_backup", input = Json, output = Json)]
pub(super) async fn cancel_backup() -> Result<(), AppError> {
    crate::error::answer(async { super::answers::cancel(&crate::context::caller()?).await }).await
}

/// Reads a backup to its end.
#[server(prefix = "/api", endpoint = "verify_backup", input = Json, output = Json)]
pub(super) async fn verify_backup(name: String) -> Result<Verdict, AppError> {
    crate::error::answer(async { super::answers::verify(&crate::context::caller()?, &name).await })
        .await
}
