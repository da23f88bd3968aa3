//! What the Simulations page asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workbench::simulation::{Amendment, Recruitment, RunStatus, outcomes::Outcomes};

use crate::{AppError, json::Json, sharing::Mark};

/// Which runs are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Sought {
    /// Words that must all be there: in names, protocols, tags, notes or any other field.
    pub(super) text: String,
    /// A tag that it must have.
    pub(super) tag: String,
    pub(super) status: Option<RunStatus>,
}

/// A run in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: RunStatus,
    /// Why it failed.
    pub(super) reason: Option<String>,
    pub(super) protocol: String,
    pub(super) protocol_version: String,
    pub(super) patients: u32,
    pub(super) years: f64,
    /// Of a completed run.
    pub(super) visits: Option<u64>,
    pub(super) bytes: Option<u64>,
    pub(super) runtime_ms: Option<u64>,
    pub(super) tags: Vec<String>,
    pub(super) is_pinned: bool,
    pub(super) version: u64,
}

/// A page of runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    pub(super) total: u64,
    /// Whether there are exactly so many, or at least.
    pub(super) is_exact: bool,
    /// Where the next page begins.
    pub(super) next: Option<String>,
    /// Runs that are not over, whatever is looked for.
    pub(super) going: Vec<Going>,
}

/// A run that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Going {
    pub(super) id: String,
    pub(super) name: String,
    /// Protocol, patients, years and seed in words.
    pub(super) about: String,
    /// Patients simulated; `None` while it waits for its turn, or where another server simulates it.
    pub(super) done: Option<u32>,
    pub(super) total: u32,
}

/// A configuration that a run can be made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Choice {
    /// The file.
    pub(super) file: String,
    /// Name and version of the protocol in it.
    pub(super) title: String,
    /// Why it cannot be simulated, if it cannot.
    pub(super) problem: Option<String>,
}

/// What a new run can be made of, and what is proposed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Choices {
    pub(super) protocols: Vec<Choice>,
    pub(super) seed: u64,
    /// `2026-11-21`.
    pub(super) today: String,
}

/// What is ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct NewRun {
    /// A configuration.
    pub(super) file: String,
    pub(super) name: String,
    pub(super) patients: u32,
    pub(super) years: f64,
    pub(super) seed: u64,
    pub(super) recruitment: Recruitment,
    pub(super) start_date: String,
    pub(super) tags: Vec<String>,
}

/// One run, with everything that tells how it came to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Opened {
    pub(super) row: Row,
    pub(super) notes: String,
    pub(super) model: String,
    pub(super) engine: String,
    pub(super) seed: u64,
    pub(super) recruitment: Recruitment,
    pub(super) start_date: String,
    /// For people, UTC.
    pub(super) created_at: String,
    /// Patients that came, where they came by chance.
    pub(super) patients: Option<u32>,
    /// Digests of the protocol's text and of the tables.
    pub(super) protocol_checksum: String,
    pub(super) result_checksum: Option<String>,
    pub(super) protocol_text: String,
    /// Whose it is, where somebody shares it.
    pub(super) shared: Option<Mark>,
}

/// Runs that fit, the last changed first.
#[server(prefix = "/api", endpoint = "find_runs", input = Json, output = Json)]
pub(super) async fn find_runs(sought: Sought, after: Option<String>) -> Result<Page, AppError> {
    crate::error::answer(async {
        super::answers::find(&crate::context::caller()?, sought, after).await
    })
    .await
}

/// Runs that are not over, and how far each is.
#[server(prefix = "/api", endpoint = "runs_going", input = Json, output = Json)]
pub(super) async fn runs_going() -> Result<Vec<Going>, AppError> {
    crate::error::answer(async { super::answers::going(&crate::context::caller()?).await }).await
}

/// One run.
#[server(prefix = "/api", endpoint = "get_run", input = Json, output = Json)]
pub(super) async fn get_run(id: String) -> Result<Opened, AppError> {
    crate::error::answer(async { super::answers::open(&crate::context::caller()?, &id).await })
        .await
}

/// The measures of a completed run, over all its patients.
#[server(prefix = "/api", endpoint = "get_outcomes", input = Json, output = Json)]
pub(super) async fn get_outcomes(id: String) -> Result<Outcomes, AppError> {
    crate::error::answer(async { super::answers::outcomes(&crate::context::caller()?, &id).await })
        .await
}

/// What a run can be made of.
#[server(prefix = "/api", endpoint = "run_choices", input = Json, output = Json)]
pub(super) async fn run_choices() -> Result<Choices, AppError> {
    crate::error::answer(async { super::answers::choices(&crate::context::caller()?).await }).await
}

/// Orders a run; its id.
#[server(prefix = "/api", endpoint = "start_run", input = Json, output = Json)]
pub(super) async fn start_run(order: NewRun) -> Result<String, AppError> {
    crate::error::answer(async { super::answers::start(&crate::context::caller()?, order).await })
        .await
}

/// Has a run end soon.
#[server(prefix = "/api", endpoint = "cancel_run", input = Json, output = Json)]
pub(super) async fn cancel_run(id: String) -> Result<(), AppError> {
    crate::error::answer(async { super::answers::cancel(&crate::context::caller()?, &id).await })
        .await
}

/// Changes name, tags, notes, or whether a run is pinned.
#[server(prefix = "/api", endpoint = "amend_run", input = Json, output = Json)]
pub(super) async fn amend_run(
    id: String,
    version: u64,
    amendment: Amendment,
) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::amend(&crate::context::caller()?, &id, version, &amendment).await
    })
    .await
}

/// Gives several runs a tag.
#[server(prefix = "/api", endpoint = "tag_runs", input = Json, output = Json)]
pub(super) async fn tag_runs(ids: Vec<String>, tag: String) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::tag(&crate::context::caller()?, &ids, &tag).await
    })
    .await
}

/// Pins a run, or lets go of it.
#[server(prefix = "/api", endpoint = "pin_run", input = Json, output = Json)]
pub(super) async fn pin_run(id: String, is_pinned: bool) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::pin(&crate::context::caller()?, &id, is_pinned).await
    })
    .await
}

/// Deletes runs that are over.
#[server(prefix = "/api", endpoint = "delete_runs", input = Json, output = Json)]
pub(super) async fn delete_runs(ids: Vec<String>) -> Result<(), AppError> {
    crate::error::answer(async { super::answers::delete(&crate::context::caller()?, &ids).await })
        .await
}

/// Brings deleted runs back.
#[server(prefix = "/api", endpoint = "restore_runs", input = Json, output = Json)]
pub(super) async fn restore_runs(ids: Vec<String>) -> Result<(), AppError> {
    crate::error::answer(async { super::answers::restore(&crate::context::caller()?, &ids).await })
        .await
}
