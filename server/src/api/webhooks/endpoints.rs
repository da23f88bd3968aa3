//! The endpoints of one's own workspace: registered, changed, disabled, deleted.

use app::{
    AppError,
    webhooks::{self, Made, Told},
};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use holdfast::{Expected, Kind, StateId, Version};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    secrets::WithSecret,
    seen,
    told::{Endpoint, is_enabled},
    writer,
};
use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        matched,
        openapi::{IfMatch, NotFound, Refusals, Stale, WriteRefusals},
    },
    web::Refusal,
};

/// Longest name, as the page has it; in characters.
const MAX_NAME: usize = 80;
/// Longest description.
const MAX_DESCRIPTION: usize = 400;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, register))
        .routes(routes!(one, change, delete))
}

/// The endpoints of a workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhooks)]
struct Endpoints {
    /// 20 at most.
    webhooks: Vec<Endpoint>,
    /// The kinds that one can hear of.
    kinds: Vec<String>,
}

/// One's webhooks
#[utoipa::path(
    get, path = "/api/v1/webhooks", operation_id = "listWebhooks", tag = "webhooks",
    responses((status = 200, description = "All of them, and what they could hear of.", body = Endpoints), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Endpoints>, Refusal> {
    let all = webhooks::list(&asker.caller(&shared)).await?;
    Ok(Json(Endpoints {
        webhooks: all.hooks.into_iter().map(Endpoint::from).collect(),
        kinds: all.kinds,
    }))
}

/// An endpoint to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookOrder)]
struct Order {
    /// What it is called; `webhook` without it.
    #[serde(default)]
    #[schema(max_length = 80)]
    name: String,
    /// Where messages are sent, as `POST`: https, on the public internet, unless the settings allow more.
    #[schema(format = "uri")]
    url: String,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 400)]
    description: String,
    /// Kinds of states that it hears of; none means all.
    #[serde(default)]
    kinds: Vec<String>,
}

/// Registers a webhook
///
/// It hears of every change from here on. Messages are signed with the secret in the answer, which is told this once.
#[utoipa::path(
    post, path = "/api/v1/webhooks", operation_id = "registerWebhook", tag = "webhooks",
    request_body = Order,
    responses(
        (status = 201, description = "The endpoint and its secret.", body = WithSecret, headers(("Location" = String))),
        WriteRefusals,
    ),
)]
async fn register(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(order): Sent<Order>,
) -> Result<Response, Refusal> {
    let told = Told {
        name: order.name,
        url: order.url,
        description: order.description,
        kinds: order.kinds,
    };
    check(&shared, &told)?;
    let Made { id, secret } = webhooks::create(&asker.caller(&shared), told).await?;
    let place = [(header::LOCATION, format!("/api/v1/webhooks/{id}"))];
    let made = matched::told_once(StatusCode::CREATED, &WithSecret { id, secret });
    Ok((place, made).into_response())
}

/// One webhook, and how it fares
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}", operation_id = "getWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook.")),
    responses((status = 200, description = "The webhook.", body = Endpoint, headers(("ETag" = String))), NotFound, Refusals),
)]
async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (hook, _) = webhooks::one(&asker.caller(&shared), &StateId::new(id)).await?;
    // How it fares changes without its version, so it is never told to be what is known.
    matched::tagged(
        StatusCode::OK,
        &hook.version.to_string(),
        &Endpoint::from(hook),
    )
}

/// What of an endpoint becomes something else; what is not said stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = WebhookEdit)]
struct Edit {
    /// Where messages are sent.
    #[schema(format = "uri")]
    url: Option<String>,
    /// What it is for.
    #[schema(max_length = 400)]
    description: Option<String>,
    /// Kinds of states that it hears of; none means all.
    kinds: Option<Vec<String>>,
    /// Whether messages are sent to it. Enabled again it hears what happened meanwhile.
    is_enabled: Option<bool>,
}

/// Changes, disables or enables a webhook
#[utoipa::path(
    patch, path = "/api/v1/webhooks/{id}", operation_id = "changeWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), IfMatch),
    request_body = Edit,
    responses((status = 200, description = "The webhook.", body = Endpoint, headers(("ETag" = String))), NotFound, Stale, WriteRefusals),
)]
async fn change(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(edit): Sent<Edit>,
) -> Result<Response, Refusal> {
    let (caller, id) = (asker.caller(&shared), StateId::new(id));
    let seen = match seen(&shared, &asker, &id).await? {
        Ok(seen) => seen,
        Err(refused) => return Ok(refused),
    };
    let is_enabled = is_enabled(&seen);
    let was = &seen.told;
    let told = Told {
        name: was.name.clone(),
        url: edit.url.unwrap_or_else(|| was.url.clone()),
        description: edit.description.unwrap_or_else(|| was.description.clone()),
        kinds: edit.kinds.unwrap_or_else(|| was.kinds.clone()),
    };
    check(&shared, &told)?;
    let about = (told != *was).then_some(told);
    // One that is enabled already is not enabled again.
    let switched = edit.is_enabled.filter(|wanted| *wanted != is_enabled);
    let version = Version(seen.version);
    webhooks::change(&caller, &id, about, switched, version).await?;
    let (hook, _) = webhooks::one(&caller, &id).await?;
    matched::tagged(
        StatusCode::OK,
        &hook.version.to_string(),
        &Endpoint::from(hook),
    )
}

/// Deletes a webhook
///
/// Nothing is sent to it any more, also not what is on its way to the next attempt.
#[utoipa::path(
    delete, path = "/api/v1/webhooks/{id}", operation_id = "deleteWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook."), IfMatch),
    responses((status = 204, description = "It is gone."), NotFound, Stale, WriteRefusals),
)]
async fn delete(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = StateId::new(id);
    let seen = match seen(&shared, &asker, &id).await? {
        Ok(seen) => seen,
        Err(refused) => return Ok(refused),
    };
    let (scope, actor) = writer(&asker)?;
    let expected = Expected::Version(Version(seen.version));
    let states = &shared.app.manager;
    states.delete(&scope, &id, expected, &actor).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What the page cannot be told: a kind that there is not would be heard of never.
fn check(shared: &Shared, told: &Told) -> Result<(), AppError> {
    let invalid = |path: &str, problem: String| AppError::Invalid {
        path: path.into(),
        problem,
    };
    for (path, text, most) in [
        ("name", &told.name, MAX_NAME),
        ("description", &told.description, MAX_DESCRIPTION),
    ] {
        if text.chars().count() > most {
            return Err(invalid(path, format!("at most {most} characters")));
        }
    }
    let known = shared.app.manager.kinds();
    let is_unknown = |kind: &&String| !known.contains(&Kind::new((*kind).clone()));
    match told.kinds.iter().find(is_unknown) {
        None => Ok(()),
        Some(kind) => Err(invalid("kinds", format!("there is no kind {kind:?}"))),
    }
}
