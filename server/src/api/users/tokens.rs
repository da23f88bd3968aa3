//! One's own tokens. Whoever holds a token sees which there are; making and revoking one is for a person who is logged in,
//! since a token that makes tokens could outlive its own end, and one that only reads could come to write.

use app::{AppError, account_answers as answers};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        matched,
        openapi::{NotFound, Refusals, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, make))
        .routes(routes!(revoke))
}

/// A token, without its text.
#[derive(Debug, Serialize, ToSchema)]
struct Token {
    /// Names it.
    id: String,
    /// What its person calls it.
    name: String,
    /// How its text begins.
    starts: String,
    /// Whether it may write.
    may_write: bool,
    /// When it ends, in milliseconds since 1970 UTC.
    ends: Option<i64>,
    /// When it was last used, to ten minutes; `null`: never.
    used: Option<i64>,
}

/// One's tokens.
#[derive(Debug, Serialize, ToSchema)]
struct Tokens {
    /// By name; 50 at most.
    tokens: Vec<Token>,
}

/// One's tokens
#[utoipa::path(
    get, path = "/api/v1/tokens", operation_id = "listTokens", tag = "users",
    responses((status = 200, description = "The tokens, without their texts.", body = Tokens), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Tokens>, Refusal> {
    let me = asker.visitor.account.as_deref();
    let me = me.ok_or(AppError::NoSession)?;
    let tokens = shared.app.people.tokens(me).await?;
    let told = tokens.into_iter().map(|(token, used)| Token {
        id: token.id,
        name: token.name,
        starts: token.starts,
        may_write: token.may_write,
        ends: token.ends,
        used,
    });
    Ok(Json(Tokens {
        tokens: told.collect(),
    }))
}

/// A token to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenOrder)]
struct Order {
    /// What it is for.
    #[schema(min_length = 1, max_length = 80, pattern = r"\S")]
    name: String,
    /// Whether it may write.
    #[serde(default)]
    may_write: bool,
    /// After how many days it ends.
    #[schema(minimum = 1, maximum = 366)]
    days: u32,
}

/// A new token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewToken)]
struct Made {
    /// Its text, which is told this once.
    token: String,
}

/// Makes a token
///
/// For a person who is logged in; a token cannot.
#[utoipa::path(
    post, path = "/api/v1/tokens", operation_id = "makeToken", tag = "users",
    request_body = Order,
    responses((status = 201, description = "The token.", body = Made), WriteRefusals),
)]
async fn make(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(order): Sent<Order>,
) -> Result<Response, Refusal> {
    let Order {
        name,
        may_write,
        days,
    } = order;
    let token = answers::make_token(&asker.caller(&shared), name, may_write, days).await?;
    Ok(matched::told_once(StatusCode::CREATED, &Made { token }))
}

/// Revokes a token at once
///
/// For a person who is logged in; a token cannot.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", operation_id = "revokeToken", tag = "users",
    params(("id" = String, Path, description = "The token.")),
    responses((status = 204, description = "It is refused from now on."), NotFound, WriteRefusals),
)]
async fn revoke(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    answers::revoke_token(&asker.caller(&shared), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
