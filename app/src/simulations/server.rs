//! What the Simulations page asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
pub(super) use workbench::simulation::registry::RunRow as Row;
use workbench::simulation::{
    Amendment, MemoryReport, Recruitment,
    outcomes::Outcomes,
    registry::{Browse, Browsed},
    trial::Mapping,
};

use crate::{AppError, json::Json, sharing::Mark};

/// Runs of one answer.
pub(super) const PAGE: u32 = 50;

/// A page of runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Page {
    /// What was looked for.
    pub(super) sought: Browse,
    pub(super) found: Browsed,
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
    /// Patients simulated, 0 while it waits for its turn; `None` where another server simulates it.
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
    /// Where it came from and what is not known of it, if it was not simulated here.
    pub(super) remarks: Vec<String>,
    /// Whose it is, where somebody shares it.
    pub(super) shared: Option<Mark>,
}

/// The memory for results.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// Everybody's numbers, with the caller's results by name.
    pub(super) report: MemoryReport,
    /// Whether the caller may raise the budget.
    pub(super) may_raise: bool,
}

/// Runs that fit, from the one at `offset` on, with the facets of all of them.
#[server(prefix = "/api", endpoint = "find_runs", input = Json, output = Json)]
pub(super) async fn find_runs(sought: Browse, offset: u32) -> Result<Page, AppError> {
    crate::error::answer(async {
        super::answers::find(&crate::context::caller()?, &sought, offset).await
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

/// The ids of the first runs that fit: as many as can be changed together.
#[server(prefix = "/api", endpoint = "choose_runs", input = Json, output = Json)]
pub(super) async fn choose_runs(sought: Browse) -> Result<Vec<String>, AppError> {
    crate::error::answer(async { super::answers::ids(&crate::context::caller()?, &sought).await })
        .await
}

/// Gives runs a tag, or takes it from them: all of them, or none.
#[server(prefix = "/api", endpoint = "tag_runs", input = Json, output = Json)]
pub(super) async fn tag_runs(
    ids: Vec<String>,
    tag: String,
    is_given: bool,
) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::tag(&crate::context::caller()?, &ids, &tag, is_given).await
    })
    .await
}

/// Pins runs, or lets go of them: all of them, or none.
#[server(prefix = "/api", endpoint = "pin_runs", input = Json, output = Json)]
pub(super) async fn pin_runs(ids: Vec<String>, is_pinned: bool) -> Result<(), AppError> {
    crate::error::answer(async {
        super::answers::pin(&crate::context::caller()?, &ids, is_pinned).await
    })
    .await
}

/// Deletes runs that are over: all of them, or none.
#[server(prefix = "/api", endpoint = "delete_runs", input = Json, output = Json)]
pub(super) async fn delete_runs(ids: Vec<String>) -> Result<(), AppError> {
    crate::error::answer(async { super::answers::delete(&crate::context::caller()?, &ids).await })
        .await
}

/// Brings deleted runs back: all of them, or none.
#[server(prefix = "/api", endpoint = "restore_runs", input = Json, output = Json)]
pub(super) async fn restore_runs(ids: Vec<String>) -> Result<(), AppError> {
    crate::error::answer(async { super::answers::restore(&crate::context::caller()?, &ids).await })
        .await
}

/// How full the memory for results is, how well it serves, and what could be better.
#[server(prefix = "/api", endpoint = "runs_memory", input = Json, output = Json)]
pub(super) async fn runs_memory() -> Result<Memory, AppError> {
    crate::error::answer(async { super::remembered::memory(&crate::context::caller()?).await })
        .await
}

/// Another budget for it, until the server is started again.
#[server(prefix = "/api", endpoint = "raise_memory", input = Json, output = Json)]
pub(super) async fn raise_memory(bytes: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        super::remembered::raise_memory(&crate::context::caller()?, bytes).await
    })
    .await
}

/// Takes in a table of a trial that was sent before: a run for each arm, their ids and names.
#[server(prefix = "/api", endpoint = "import_trial", input = Json, output = Json)]
pub(super) async fn import_trial(
    table: String,
    file: String,
    mapping: Mapping,
    tags: Vec<String>,
) -> Result<Vec<(String, String)>, AppError> {
    crate::error::answer(async {
        super::answers::import_trial(&crate::context::caller()?, &table, &file, &mapping, &tags)
            .await
    })
    .await
}
