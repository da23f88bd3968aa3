//! How far a run is, and how it ends: cancelled, deleted, brought back.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Asker, Shared, by,
    refused::Refused,
    types::{Run, Status},
    whole,
};
use crate::api::openapi::{NotFound, Refusals, WriteRefusals};

/// How far a run is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunProgress)]
pub(super) struct Going {
    /// Where it stands.
    status: Status,
    /// Patients simulated; of a pending run that another server simulates it is not known.
    done: Option<u32>,
    /// Patients in all.
    total: u32,
}

/// How far a run is
#[utoipa::path(
    get, path = "/api/v1/runs/{id}/progress", operation_id = "getRunProgress", tag = "runs",
    params(("id" = String, Path, description = "The run.")),
    responses((status = 200, description = "How far it is.", body = Going), Refusals, NotFound),
)]
pub(super) async fn progress(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Going>, Refused> {
    let (runs, by) = (&shared.app.runs, by(&asker)?);
    let progress = runs.progress(&by, &id).await?;
    // Asked afterwards: what was not going any more is over here.
    let run = runs.get(&by, &id).await?;
    let came = run.result.map(|result| result.patients);
    Ok(Json(Going {
        status: run.status.into(),
        done: came.or(progress.map(|progress| progress.done)),
        total: came
            .or(progress.map(|progress| progress.total))
            // Of one that waits for its turn that is not known yet.
            .filter(|total| *total > 0)
            .unwrap_or(run.patients),
    }))
}

/// Has a run end soon; it has failed then
#[utoipa::path(
    post, path = "/api/v1/runs/{id}/cancel", operation_id = "cancelRun", tag = "runs",
    params(("id" = String, Path, description = "The run.")),
    responses((status = 202, description = "It ends soon: the run as it is now.", body = Run), WriteRefusals, NotFound),
)]
pub(super) async fn cancel(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let (runs, by) = (&shared.app.runs, by(&asker)?);
    runs.cancel(&by, &id).await?;
    whole(StatusCode::ACCEPTED, runs.get(&by, &id).await?)
}

/// Deletes a run that is over; it can be brought back for a while
#[utoipa::path(
    delete, path = "/api/v1/runs/{id}", operation_id = "deleteRun", tag = "runs",
    params(("id" = String, Path, description = "The run.")),
    responses((status = 204, description = "It is deleted."), WriteRefusals, NotFound),
)]
pub(super) async fn delete(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    shared.app.runs.delete(&by(&asker)?, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a deleted run back, as it was
#[utoipa::path(
    post, path = "/api/v1/runs/{id}/restore", operation_id = "restoreRun", tag = "runs",
    params(("id" = String, Path, description = "The run.")),
    responses((status = 200, description = "The run.", body = Run), WriteRefusals, NotFound),
)]
pub(super) async fn restore(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let run = shared.app.runs.restore(&by(&asker)?, &id).await?;
    whole(StatusCode::OK, run)
}
