//! What a subscriber must not forget: one note, written by compare and swap.
//!
//! Position, open lanes and lease are in one note, so that they change together, and whoever lost the
//! lease cannot write a position: the note has another version by then.

use serde::{Deserialize, Serialize};

use super::lanes::Open;
use crate::{Error, Revision, StateManager, Timestamp};

/// A subscriber's note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Book {
    /// Every change up to here was taken: it is done with, or its lane is in `open`.
    pub(super) position: Revision,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) open: Vec<Open>,
    /// What is handled again, as far as it is not done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) again: Vec<Span>,
    /// What somebody else asked to be handled again; the holder moves it to `again`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) asked: Vec<Span>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<String>,
    /// Until when nobody else does.
    pub(super) until: Timestamp,
    #[serde(default)]
    pub(super) tally: Tally,
}

/// Revisions, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Span {
    pub(super) first: Revision,
    pub(super) last: Revision,
}

/// What a subscriber has done so far, since it was first heard of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Changes that were handled.
    pub handled: u64,
    /// Attempts that failed and were, or will be, followed by another.
    pub retries: u64,
    /// Changes that became dead letters.
    pub buried: u64,
}

impl Book {
    /// A book that begins behind `position`.
    pub(super) fn behind(position: Revision) -> Self {
        Self {
            position,
            open: Vec::new(),
            again: Vec::new(),
            asked: Vec::new(),
            holder: None,
            until: Timestamp(0),
            tally: Tally::default(),
        }
    }
}

/// The note of a subscriber.
pub(super) const NOTES: &str = "subscriber/";

/// The book of a subscriber, and the version it has.
pub(super) async fn load(states: &StateManager, name: &str) -> Result<Option<(Book, u64)>, Error> {
    let note = format!("{NOTES}{name}");
    let found = states.within("subscriber", states.backend().note(&note));
    let Some(note) = found.await? else {
        return Ok(None);
    };
    let book = read(note.value)?;
    Ok(Some((book, note.version)))
}

/// Writes the book if it still has the version `seen`; `false` when somebody else was faster.
pub(super) async fn store(
    states: &StateManager,
    name: &str,
    seen: u64,
    book: Option<&Book>,
) -> Result<bool, Error> {
    let note = format!("{NOTES}{name}");
    let value = book.map(serde_json::to_value).transpose();
    let value = value.map_err(failed)?;
    let written = states.backend().write_note(&note, seen, value.as_ref());
    states.within("subscriber", written).await
}

pub(super) fn read(value: serde_json::Value) -> Result<Book, Error> {
    serde_json::from_value(value).map_err(failed)
}

fn failed(error: serde_json::Error) -> Error {
    Error::Failed {
        operation: "subscriber",
        source: error.into(),
    }
}
