//! What the Flags part asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppError, json::Json};

/// For whom a flag that is on is on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Of those who are not named: so many in a hundred.
    pub percentage: f64,
    /// Those who have it.
    pub on: Vec<String>,
    /// Those who do not.
    pub off: Vec<String>,
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    /// Names it.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What goes away when it is off.
    pub about: String,
    /// `enabled`, `disabled`.
    pub status: String,
    /// Counts its changes.
    pub version: u64,
    /// For whom it is on while it is enabled.
    pub rules: Rules,
    /// Whether the caller has it.
    pub is_mine: bool,
}

/// All flags.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AllFlags {
    /// The flags.
    pub flags: Vec<Flag>,
    /// Whether the caller may change them.
    pub may_change: bool,
    /// How rules name the caller.
    pub me: String,
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
        let wanted = super::answers::Wanted {
            is_on: Some(is_on),
            rules: None,
        };
        super::answers::set(&crate::context::caller()?, id, wanted, version).await
    })
    .await
}

/// Changes for whom a flag is on.
#[server(prefix = "/api", endpoint = "change_flag", input = Json, output = Json)]
pub(super) async fn change_flag(id: String, rules: Rules, version: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        let wanted = super::answers::Wanted {
            is_on: None,
            rules: Some(rules),
        };
        super::answers::set(&crate::context::caller()?, id, wanted, version).await
    })
    .await
}
