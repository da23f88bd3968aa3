//! A run with everything that is known of it, and what people say about it, changed over the version that was seen.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use workbench::simulation::{Amendment, RunInfo, runs::RunsError};

use super::{
    Asker, Shared, by,
    refused::Refused,
    tag, told,
    types::{Run, Tag},
    whole,
};
use crate::api::{
    asked::Sent,
    openapi::{IfMatch, IfNoneMatch, NotFound, Refusals, Stale, WriteRefusals},
};

/// How often a change with `If-Match: *` is tried against others that write at the same moment.
const TRIES: usize = 5;

/// What is to change; what is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RunChange)]
pub(super) struct Change {
    /// Its name for people.
    #[schema(min_length = 1, max_length = 120, pattern = "\\S")]
    name: Option<String>,
    /// Words to find it by, all of them.
    #[schema(max_items = 50)]
    tags: Option<Vec<Tag>>,
    /// Anything else.
    #[schema(max_length = 10_000)]
    notes: Option<String>,
    /// Whether its result is to stay in memory before others.
    is_pinned: Option<bool>,
}

/// A run
#[utoipa::path(
    get, path = "/api/v1/runs/{id}", operation_id = "getRun", tag = "runs",
    params(("id" = String, Path, description = "The run."), IfNoneMatch),
    responses(
        (status = 200, description = "The run.", body = Run, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "It is as `If-None-Match` says."),
        Refusals, NotFound,
    ),
)]
pub(super) async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let by = by(&asker)?;
    let run = shared.app.runs.get(&by, &id).await?;
    let tag = tag(run.version)?;
    if asker.headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let run = told(&shared, &by, run).await?;
    Ok(([(header::ETAG, tag)], Json(run)).into_response())
}

/// Changes name, tags, notes, or whether it is pinned
#[utoipa::path(
    patch, path = "/api/v1/runs/{id}", operation_id = "changeRun", tag = "runs",
    params(("id" = String, Path, description = "The run."), IfMatch),
    request_body = Change,
    responses(
        (status = 200, description = "The run as it is now.", body = Run, headers(
            ("ETag" = String, description = "Its version."),
        )),
        WriteRefusals, NotFound, Stale,
    ),
)]
pub(super) async fn amend(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(change): Sent<Change>,
) -> Result<Response, Refused> {
    let (runs, by) = (&shared.app.runs, by(&asker)?);
    let seen = asker.headers.get(header::IF_MATCH);
    let is_any = seen.is_some_and(|seen| seen == "*");
    for _ in 0..TRIES {
        let now = runs.get_own(&by, &id).await?;
        let Some(seen) = seen else {
            return stale(StatusCode::PRECONDITION_REQUIRED, now);
        };
        if !is_any && *seen != tag(now.version)? {
            return stale(StatusCode::PRECONDITION_FAILED, now);
        }
        match runs.amend(&by, &id, now.version, &change.on(&now)).await {
            Ok(_) => return whole(StatusCode::OK, runs.get(&by, &id).await?),
            // Somebody was faster: what is there now is looked at again.
            Err(RunsError::State(holdfast::Error::Conflict { .. })) => {}
            Err(error) => return Err(error.into()),
        }
    }
    stale(
        StatusCode::PRECONDITION_FAILED,
        runs.get_own(&by, &id).await?,
    )
}

impl Change {
    fn on(&self, run: &RunInfo) -> Amendment {
        let tags = self.tags.as_ref();
        let tags = tags.map(|tags| tags.iter().map(|Tag(tag)| tag.clone()).collect());
        Amendment {
            name: self.name.clone().unwrap_or_else(|| run.name.clone()),
            tags: tags.unwrap_or_else(|| run.tags.clone()),
            notes: self.notes.clone().unwrap_or_else(|| run.notes.clone()),
            is_pinned: self.is_pinned.unwrap_or(run.is_pinned),
        }
    }
}

/// Refused, with what is there now.
fn stale(status: StatusCode, run: RunInfo) -> Result<Response, Refused> {
    let (version, tag) = (run.version, tag(run.version)?);
    let told = json!({ "error": "stale", "version": version, "run": Run::of(run, true) });
    Ok((status, [(header::ETAG, tag)], Json(told)).into_response())
}
