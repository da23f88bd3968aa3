//! What the Compare page asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workbench::compare::{Comparison, Request};

use crate::{AppError, json::Json};

/// A run that can be compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
    /// Protocol, patients, years in words.
    pub(super) about: String,
}

/// Runs laid beside one another.
#[server(prefix = "/api", endpoint = "compare_runs", input = Json, output = Json)]
pub(super) async fn compare_runs(request: Request) -> Result<Comparison, AppError> {
    crate::error::answer(async {
        super::answers::compare(&crate::context::caller()?, &request).await
    })
    .await
}

/// Completed runs in which all these words are, the last changed first.
#[server(prefix = "/api", endpoint = "runs_to_compare", input = Json, output = Json)]
pub(super) async fn runs_to_compare(text: String) -> Result<Vec<Choice>, AppError> {
    crate::error::answer(async { super::answers::choices(&crate::context::caller()?, text).await })
        .await
}
