//! What was sent to a webhook and what came back, sending it again, and what was given up.

use app::{AppError, webhooks};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use holdfast::{
    Revision, StateId,
    callbacks::webhooks::{Delivery, Endpoint},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::writer;
use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        openapi::{NotFound, Refusals, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(deliveries))
        .routes(routes!(replay))
        .routes(routes!(dead_letters))
        .routes(routes!(retry, discard))
}

/// One attempt to deliver a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
struct Attempt {
    /// The id of the message; the same for each attempt.
    message: String,
    /// The change that it tells of: its place in the log.
    revision: u64,
    /// Which attempt it was: 1, 2, ...
    #[schema(minimum = 1)]
    attempt: u32,
    /// When it was sent, in milliseconds since 1970 UTC.
    at: i64,
    /// How long it took, in milliseconds.
    millis: u64,
    /// The status of the answer; `null` when there was none.
    status: Option<u16>,
    /// The first kB of the answer, or why there was none.
    answer: String,
}

impl From<Delivery> for Attempt {
    fn from(delivery: Delivery) -> Self {
        Self {
            message: delivery.message,
            revision: delivery.revision.0,
            attempt: delivery.attempt,
            at: delivery.at.0,
            millis: delivery.millis,
            status: delivery.status,
            answer: delivery.answer,
        }
    }
}

/// The last fifty attempts to deliver to a webhook, the newest first
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}/deliveries", operation_id = "listDeliveries", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 200, description = "The attempts.", body = Vec<Attempt>), NotFound, Refusals),
)]
async fn deliveries(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Vec<Attempt>>, Refusal> {
    let id = there(&shared, &asker, id).await?;
    let (scope, _) = writer(&asker)?;
    let made = shared.app.manager.deliveries(&scope, &id).await?;
    Ok(Json(made.into_iter().map(Attempt::from).collect()))
}

/// Which changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplayRange)]
struct Range {
    /// The first: its place in the log.
    #[schema(minimum = 1)]
    first: u64,
    /// The last; `first` without it.
    #[schema(minimum = 1)]
    last: Option<u64>,
}

/// Has one change, or a range of them, delivered again
///
/// A message that is sent again has the id that it had.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/replays", operation_id = "replayWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook.")),
    request_body = Range,
    responses((status = 202, description = "They will be sent."), NotFound, WriteRefusals),
)]
async fn replay(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(Range { first, last }): Sent<Range>,
) -> Result<StatusCode, Refusal> {
    if first == 0 {
        return Err(Refusal(AppError::Invalid {
            path: "first".into(),
            problem: "the first place in the log is 1".into(),
        }));
    }
    let revisions = Revision(first)..=Revision(last.unwrap_or(first));
    webhooks::replay(&asker.caller(&shared), &StateId::new(id), revisions).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A message that was given up.
#[derive(Debug, Serialize, ToSchema)]
struct DeadLetter {
    /// The change that it tells of: its place in the log.
    revision: u64,
    /// Which state.
    state: String,
    /// What it is about.
    kind: String,
    /// What was done to it.
    transition: String,
    /// How often it was tried.
    attempts: u32,
    /// What went wrong the last time.
    why: String,
    /// When it was given up, in milliseconds since 1970 UTC.
    at: i64,
}

/// Messages to a webhook that were given up
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}/dead-letters", operation_id = "listDeadLetters", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 200, description = "Those that nobody has dealt with.", body = Vec<DeadLetter>), NotFound, Refusals),
)]
async fn dead_letters(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Vec<DeadLetter>>, Refusal> {
    let id = there(&shared, &asker, id).await?;
    let (scope, _) = writer(&asker)?;
    let subscriber = Endpoint::subscriber(&scope, &id);
    let letters = shared.app.manager.dead_letters(&subscriber).await?;
    let told = letters.into_iter().map(|letter| DeadLetter {
        revision: letter.revision.0,
        state: letter.id.to_string(),
        kind: letter.kind.to_string(),
        transition: letter.transition.to_string(),
        attempts: letter.attempts,
        why: letter.why,
        at: letter.at.0,
    });
    Ok(Json(told.collect()))
}

/// Has a message that was given up tried again
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/dead-letters/{revision}", operation_id = "retryDeadLetter", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), ("revision" = u64, Path, description = "The change that it tells of.")),
    responses((status = 202, description = "It will be sent."), NotFound, WriteRefusals),
)]
async fn retry(
    State(shared): State<Shared>,
    asker: Asker,
    Path((id, revision)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    settle(&shared, &asker, id, &revision, true).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Forgets a message that was given up
#[utoipa::path(
    delete, path = "/api/v1/webhooks/{id}/dead-letters/{revision}", operation_id = "discardDeadLetter", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), ("revision" = u64, Path, description = "The change that it tells of.")),
    responses((status = 204, description = "It is forgotten; the log has the change."), NotFound, WriteRefusals),
)]
async fn discard(
    State(shared): State<Shared>,
    asker: Asker,
    Path((id, revision)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    settle(&shared, &asker, id, &revision, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn settle(
    shared: &Shared,
    asker: &Asker,
    id: String,
    revision: &str,
    is_again: bool,
) -> Result<(), AppError> {
    let misread = |_| AppError::BadRequest("A place in the log is a whole number.".into());
    let revision = Revision(revision.parse().map_err(misread)?);
    let caller = asker.caller(shared);
    webhooks::settle(&caller, &StateId::new(id), revision, is_again).await
}

/// Its id, if it is one of the workspace's.
async fn there(shared: &Shared, asker: &Asker, id: String) -> Result<StateId, AppError> {
    let id = StateId::new(id);
    webhooks::one(&asker.caller(shared), &id).await?;
    Ok(id)
}
