//! What pages ask of the server about sharing. Who is not logged in shares nothing, and is shared nothing.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workbench::{data::TableInfo, query::SavedQuery, simulation::RunStatus};

use super::{Thing, With};
use crate::{AppError, json::Json};

/// Somebody of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Names them.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// Enough of the e-mail address to tell two of one name apart: `b…@lab.org`.
    pub mail: String,
}

/// One who has something of the person's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct ShareRow {
    pub(super) id: String,
    /// Their name; `None` for everybody.
    pub(super) name: Option<String>,
    pub(super) may_copy: bool,
}

/// What each shared thing is marked with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mark {
    /// Names the share.
    pub share: String,
    /// Whose it is.
    pub owner: String,
    /// Whether one may keep a copy.
    pub may_copy: bool,
}

/// A query of somebody's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct QueryRow {
    pub(super) mark: Mark,
    pub(super) query: SavedQuery,
}

/// A table or a merged result of somebody's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct DataRow {
    pub(super) mark: Mark,
    pub(super) data: SharedTable,
}

/// What of it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SharedTable {
    Table(Box<TableInfo>),
    /// A merged result.
    Result {
        id: String,
        rows: u64,
        columns: Vec<String>,
    },
}

/// A run of somebody's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RunRow {
    pub(super) mark: Mark,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) protocol: String,
    pub(super) status: RunStatus,
    pub(super) patients: u32,
    pub(super) years: f64,
}

/// People of the tenant whose name has this text, or whose e-mail address it is.
#[server(prefix = "/api", endpoint = "find_people", input = Json, output = Json)]
pub(super) async fn find_people(text: String) -> Result<Vec<PersonRow>, AppError> {
    crate::error::answer(async {
        super::answers::find_people(&crate::context::caller()?, &text).await
    })
    .await
}

/// Who has something of the person's.
#[server(prefix = "/api", endpoint = "get_shares", input = Json, output = Json)]
pub(super) async fn get_shares(thing: Thing) -> Result<Vec<ShareRow>, AppError> {
    crate::error::answer(async { super::answers::shares(&crate::context::caller()?, &thing).await })
        .await
}

/// Shares something of the person's own.
#[server(prefix = "/api", endpoint = "share_thing", input = Json, output = Json)]
pub(super) async fn share_thing(thing: Thing, with: With, may_copy: bool) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::share(&caller, thing, with, may_copy).await?;
        Ok(())
    })
    .await
}

/// Takes a share back, at once.
#[server(prefix = "/api", endpoint = "take_back", input = Json, output = Json)]
pub(super) async fn take_back(id: String) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        super::answers::take_back(&caller, &id, holdfast::Expected::Any).await
    })
    .await
}

/// Queries that others share with the person.
#[server(prefix = "/api", endpoint = "shared_queries", input = Json, output = Json)]
pub(super) async fn shared_queries() -> Result<Vec<QueryRow>, AppError> {
    crate::error::answer(async { super::answers::queries(&crate::context::caller()?).await }).await
}

/// Tables and results that others share with the person.
#[server(prefix = "/api", endpoint = "shared_data", input = Json, output = Json)]
pub(super) async fn shared_data() -> Result<Vec<DataRow>, AppError> {
    crate::error::answer(async { super::answers::data(&crate::context::caller()?).await }).await
}

/// Runs that others share with the person.
#[server(prefix = "/api", endpoint = "shared_runs", input = Json, output = Json)]
pub(super) async fn shared_runs() -> Result<Vec<RunRow>, AppError> {
    crate::error::answer(async { super::answers::runs(&crate::context::caller()?).await }).await
}

/// Makes a copy of a shared thing the person's own; what it is called there.
#[server(prefix = "/api", endpoint = "copy_shared", input = Json, output = Json)]
pub(super) async fn copy_shared(share: String) -> Result<String, AppError> {
    crate::error::answer(async { super::answers::copy(&crate::context::caller()?, &share).await })
        .await
}
