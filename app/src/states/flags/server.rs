//! What the Flags part asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppError, json::Json};

/// For whom a flag that is on is on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Rules {
    /// Of those who are not named: so many in a hundred.
    pub(super) percentage: f64,
    /// Those who have it, and those who do not.
    pub(super) on: Vec<String>,
    pub(super) off: Vec<String>,
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Flag {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) status: String,
    pub(super) version: u64,
    pub(super) rules: Rules,
    /// Whether the caller has it.
    pub(super) is_mine: bool,
}

/// All flags.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct AllFlags {
    pub(super) flags: Vec<Flag>,
    /// Whether the caller may change them.
    pub(super) may_change: bool,
    /// How rules name the caller.
    pub(super) me: String,
}

/// All flags.
#[server(prefix = "/api", endpoint = "list_flags", input = Json, output = Json)]
pub(super) async fn list_flags() -> Result<AllFlags, AppError> {
    crate::error::answer(async { super::answers::list(&crate::context::caller()?).await }).await
}

/// Switches a flag on or off for everybody.
#[server(prefix = "/api", endpoint = "switch_flag", input = Json, output = Json)]
pub(super) async fn switch_flag(id: String, is_on: bool, version: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::switch(&crate::context::caller()?, id, is_on, version).await
    })
    .await
}

/// Changes for whom a flag is on.
#[server(prefix = "/api", endpoint = "change_flag", input = Json, output = Json)]
pub(super) async fn change_flag(id: String, rules: Rules, version: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::change(&crate::context::caller()?, id, rules, version).await
    })
    .await
}
