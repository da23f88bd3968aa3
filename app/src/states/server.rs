//! What the States page asks of the server: the caller's own states, and those that everybody sees,
//! through the engine's door.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppError, components::lines::Line, json::Json};
#[cfg(feature = "ssr")]
use holdfast::StateId;

/// What is looked for. Empty texts mean everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// Words and conditions: `berlin data.age >= 50`.
    pub(super) text: String,
    pub(super) kind: String,
    pub(super) status: String,
    /// A field, `-` before it for the other way round; the last changed first without one.
    pub(super) sort: String,
    /// Everybody's states instead of the workspace's own.
    pub(super) is_shared: bool,
}

/// A state in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) version: u64,
    pub(super) updated_at: i64,
}

/// One page of the states found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) rows: Vec<Listed>,
    /// How many fit, or were counted.
    pub(super) total: u64,
    /// Whether `total` is all of them.
    pub(super) is_exact: bool,
    /// Where the next page begins.
    pub(super) next: Option<String>,
    /// Kinds and statuses that there are to choose from.
    pub(super) kinds: Vec<String>,
    pub(super) statuses: Vec<String>,
    /// The server's clock, in milliseconds since 1970.
    pub(super) now: i64,
}

/// A change in a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) version: u64,
    pub(super) transition: String,
    pub(super) before: Option<String>,
    pub(super) after: String,
    pub(super) actor: String,
    /// UTC, for people.
    pub(super) at: String,
    /// When and by which policy its content went, if it did.
    pub(super) removed: Option<String>,
}

/// One state, whole but for its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Detail {
    pub(super) state: Listed,
    pub(super) is_shared: bool,
    /// Whether the caller may change it.
    pub(super) may_change: bool,
    pub(super) scope: String,
    pub(super) schema_version: u32,
    /// UTC, for people.
    pub(super) created_at: String,
    pub(super) expires_at: Option<String>,
    pub(super) bytes: u64,
    pub(super) tags: Vec<String>,
    pub(super) allowed: Vec<String>,
    pub(super) not_offered: Vec<String>,
    /// Newest first.
    pub(super) changes: Vec<Done>,
    /// Whether there are older ones.
    pub(super) has_older: bool,
}

/// Two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Comparison {
    /// The newer one's content.
    pub(super) data: String,
    /// What leads from the older to the newer, as a JSON Patch.
    pub(super) patch: String,
    pub(super) lines: Vec<Line>,
}

/// Which state: its id, and whether it is everybody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Which {
    pub(super) id: String,
    pub(super) is_shared: bool,
}

/// One page of the states that fit.
#[server(prefix = "/api", endpoint = "find_states", input = Json, output = Json)]
pub(super) async fn find_states(
    wanted: Wanted,
    after: Option<String>,
    limit: u32,
) -> Result<Found, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::find(&caller, &wanted, after, limit).await
    })
    .await
}

/// One state, a deleted one too; `None` when there is none.
#[server(prefix = "/api", endpoint = "get_state", input = Json, output = Json)]
pub(super) async fn get_state(which: Which) -> Result<Option<Detail>, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::detail(&caller, &which).await
    })
    .await
}

/// The changes that led to the versions before `before`, newest first.
#[server(prefix = "/api", endpoint = "older_changes", input = Json, output = Json)]
pub(super) async fn older_changes(which: Which, before: u64) -> Result<Vec<Done>, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::older(&caller, &which, before).await
    })
    .await
}

/// Two versions of one state.
#[server(prefix = "/api", endpoint = "compare_versions", input = Json, output = Json)]
pub(super) async fn compare_versions(
    which: Which,
    older: u64,
    newer: u64,
) -> Result<Comparison, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let scope = caller.scope_to_read(which.is_shared)?;
        let id = StateId::new(which.id);
        super::answers::compare(&caller.state.manager, &scope, &id, older, newer).await
    })
    .await
}

/// Moves a state through its lifecycle.
#[server(prefix = "/api", endpoint = "transition_state", input = Json, output = Json)]
pub(super) async fn transition_state(
    which: Which,
    transition: String,
    version: u64,
) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::transition(&caller, which, transition, version).await
    })
    .await
}

/// What bringing the content of an older version back changes of what is there now.
#[server(prefix = "/api", endpoint = "preview_roll_back", input = Json, output = Json)]
pub(super) async fn preview_roll_back(which: Which, to: u64) -> Result<Vec<Line>, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let scope = caller.scope_to_read(which.is_shared)?;
        let id = StateId::new(which.id);
        super::answers::preview(&caller.state.manager, &scope, &id, to).await
    })
    .await
}

/// Brings the content of an older version back, as a new one.
#[server(prefix = "/api", endpoint = "roll_back_state", input = Json, output = Json)]
pub(super) async fn roll_back_state(which: Which, to: u64, version: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::roll_back(&caller, which, to, version).await
    })
    .await
}
