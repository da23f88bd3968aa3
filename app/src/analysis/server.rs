//! What the Analysis part asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Place;
use crate::{AppError, components::figure::Figure, json::Json};

/// What somebody did to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Of the run, after it.
    pub version: u64,
    /// For people, UTC.
    pub at: String,
    /// For people.
    pub who: String,
    /// In words.
    pub did: String,
    /// Where the run stood then.
    pub status: String,
}

/// The charts of a view of a completed run, over all its patients.
#[server(prefix = "/api", endpoint = "analyse_run", input = Json, output = Json)]
pub(super) async fn analyse_run(id: String, place: Place) -> Result<Vec<Figure>, AppError> {
    crate::error::answer(async {
        super::answers::figures(&crate::context::caller()?, &id, place).await
    })
    .await
}

/// Everything that was done to a run, the newest first.
#[server(prefix = "/api", endpoint = "run_trail", input = Json, output = Json)]
pub(super) async fn run_trail(id: String) -> Result<Vec<Deed>, AppError> {
    crate::error::answer(async { super::answers::trail(&crate::context::caller()?, &id).await })
        .await
}
