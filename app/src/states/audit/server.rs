//! What the Audit part asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppError, components::lines::Line, json::Json};

/// Which changes are looked for. Empty texts mean all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// Part of a state's name or id.
    pub q: String,
    /// The kind of state.
    pub kind: String,
    /// What was done: a transition.
    pub did: String,
    /// Who: an email, a name, or as the log has it (`user:...`, `session:...`, `system`).
    pub who: String,
    /// Where from: an IP address.
    pub address: String,
    /// The first and the last day, UTC: `2026-11-21`.
    pub since: String,
    /// See `since`.
    pub until: String,
}

/// A change in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) revision: u64,
    /// For people, UTC.
    pub(super) at: String,
    /// For people.
    pub(super) who: String,
    /// As the log has it.
    pub(super) actor: String,
    pub(super) address: String,
    pub(super) did: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) version: u64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) rows: Vec<Row>,
    /// Where to go on; `None` when everything was looked at.
    pub(super) next: Option<u64>,
    /// When the oldest change was made that was looked at; for people, UTC.
    pub(super) reached: Option<String>,
    /// What can be chosen.
    pub(super) kinds: Vec<String>,
    pub(super) deeds: Vec<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Opened {
    pub(super) row: Row,
    pub(super) id: String,
    pub(super) scope: String,
    /// The tab or program.
    pub(super) client: Option<String>,
    pub(super) before: Option<String>,
    pub(super) after: String,
    /// What the next version is chained to.
    pub(super) digest: String,
    /// Why its content cannot be shown, if it cannot.
    pub(super) removed: Option<String>,
    /// Its content laid over the one before.
    pub(super) lines: Vec<Line>,
}

/// Something in the log that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Flaw {
    pub(super) revision: u64,
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) problem: String,
}

/// The whole log, looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checked {
    pub(super) changes: u64,
    /// Those whose content a policy has removed.
    pub(super) removed: u64,
    /// Over all digests: to be kept elsewhere.
    pub(super) digest: String,
    pub(super) flaws: Vec<Flaw>,
}

/// Changes that fit, the newest first, from before a place in the log.
#[server(prefix = "/api", endpoint = "find_changes", input = Json, output = Json)]
pub(super) async fn find_changes(
    question: Question,
    before: Option<u64>,
) -> Result<Found, AppError> {
    crate::error::answer(async {
        super::answers::find(&crate::context::caller()?, &question, before).await
    })
    .await
}

/// One change.
#[server(prefix = "/api", endpoint = "get_change", input = Json, output = Json)]
pub(super) async fn get_change(revision: u64) -> Result<Opened, AppError> {
    crate::error::answer(async { super::answers::open(&crate::context::caller()?, revision).await })
        .await
}

/// Looks whether the whole log is as it was written.
#[server(prefix = "/api", endpoint = "check_log", input = Json, output = Json)]
pub(super) async fn check_log() -> Result<Checked, AppError> {
    crate::error::answer(async { super::answers::check(&crate::context::caller()?).await }).await
}
