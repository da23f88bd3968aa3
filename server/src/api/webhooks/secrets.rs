//! What messages are signed with. A secret is told once, by the answer that made it.

use app::webhooks;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use holdfast::{StateId, Version};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::seen;
use crate::{
    api::{
        Asker, Shared, matched,
        openapi::{IfMatch, NotFound, Stale, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(rotate, retire))
}

/// A new endpoint, or one with a new secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookSecret)]
pub(super) struct WithSecret {
    /// The endpoint.
    pub(super) id: String,
    /// What its messages are signed with, by Standard Webhooks 1.0.0. It is told this once.
    pub(super) secret: String,
}

/// Makes a new secret, in front of the one in force
///
/// Messages are signed with both until the older one is retired. The new one is told this once.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/secrets", operation_id = "rotateWebhookSecret", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), IfMatch),
    responses((status = 201, description = "The new secret.", body = WithSecret), NotFound, Stale, WriteRefusals),
)]
async fn rotate(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = StateId::new(id);
    let seen = match seen(&shared, &asker, &id).await? {
        Ok(seen) => seen,
        Err(refused) => return Ok(refused),
    };
    let version = Version(seen.version);
    let secret = webhooks::rotate(&asker.caller(&shared), &id, version).await?;
    let id = id.to_string();
    let made = WithSecret { id, secret };
    Ok(matched::told_once(StatusCode::CREATED, &made))
}

/// Takes all secrets away but the newest
#[utoipa::path(
    delete, path = "/api/v1/webhooks/{id}/secrets", operation_id = "retireWebhookSecrets", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), IfMatch),
    responses((status = 204, description = "Messages are signed with the newest only."), NotFound, Stale, WriteRefusals),
)]
async fn retire(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = StateId::new(id);
    let seen = match seen(&shared, &asker, &id).await? {
        Ok(seen) => seen,
        Err(refused) => return Ok(refused),
    };
    let version = Version(seen.version);
    webhooks::retire(&asker.caller(&shared), &id, version).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
