//! Accounts, for whoever administers them: who has one, what it may do, where it belongs.

use app::{
    AppError, account_answers as answers,
    people::{Account, Role},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::types::{Rank, User};
use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        matched,
        openapi::{IfMatch, IfNoneMatch, NotFound, Refusals, Stale, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(one, change))
        .routes(routes!(end_logins))
}

/// The accounts.
#[derive(Debug, Serialize, ToSchema)]
struct Users {
    /// By name.
    users: Vec<User>,
}

/// Who has an account
///
/// For administrators: everybody of their tenant, or, for those of the first tenant, of the whole server.
#[utoipa::path(
    get, path = "/api/v1/users", operation_id = "listUsers", tag = "users",
    responses((status = 200, description = "The accounts.", body = Users), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Users>, Refusal> {
    let users = answers::users(&asker.caller(&shared)).await?;
    Ok(Json(Users {
        users: users.into_iter().map(User::from).collect(),
    }))
}

/// An account that the caller administers; somebody of another tenant is not there for them.
async fn found(shared: &Shared, asker: &Asker, id: &str) -> Result<Account, AppError> {
    let users = answers::users(&asker.caller(shared)).await?;
    let found = users.into_iter().find(|user| user.id == id);
    found.ok_or_else(|| AppError::NotFound("There is no such account here.".into()))
}

/// One account
#[utoipa::path(
    get, path = "/api/v1/users/{id}", operation_id = "getUser", tag = "users",
    params(("id" = String, Path, description = "The account."), IfNoneMatch),
    responses(
        (status = 200, description = "The account.", body = User, headers(("ETag" = String))),
        (status = 304, description = "It is what is known."),
        NotFound, Refusals,
    ),
)]
async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let account = found(&shared, &asker, &id).await?;
    let tag = account.version.to_string();
    matched::read(&asker.headers, &tag, &User::from(account))
}

/// What becomes of an account; what is not said stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = UserEdit)]
struct Edit {
    /// What they may do from now on.
    role: Option<Rank>,
    /// `false` takes the account out of use: its logins end, its tokens are refused.
    is_active: Option<bool>,
    /// The organisation they belong to from now on. Their workspace goes along; what they share ends. For administrators of
    /// the whole server.
    tenant: Option<String>,
}

/// Gives somebody another role or tenant, or takes their account out of use or into use again
///
/// For administrators who are logged in; a token cannot. The only administrator stays one.
#[utoipa::path(
    patch, path = "/api/v1/users/{id}", operation_id = "changeUser", tag = "users",
    params(("id" = String, Path, description = "The account."), IfMatch),
    request_body = Edit,
    responses((status = 200, description = "The account.", body = User, headers(("ETag" = String))), NotFound, Stale, WriteRefusals),
)]
async fn change(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(edit): Sent<Edit>,
) -> Result<Response, Refusal> {
    let (caller, account) = (asker.caller(&shared), found(&shared, &asker, &id).await?);
    let tag = account.version.to_string();
    if let Some(refused) = matched::unmet(&asker.headers, &tag, &User::from(account.clone()))? {
        return Ok(refused);
    }
    // Up to three steps, each whole: first what only some administrators may do, and somebody who is suspended has lost their
    // logins before they get another role.
    let mut version = account.version;
    let tenant = edit.tenant.as_deref();
    if let Some(tenant) = tenant.filter(|wanted| *wanted != account.tenant.as_str()) {
        answers::change_tenant(&caller, &id, tenant, version).await?;
        version += 1;
    }
    if let Some(is_active) = edit.is_active.filter(|wanted| *wanted != account.is_active) {
        answers::suspend(&caller, &id, !is_active, version).await?;
        version += 1;
    }
    let role = edit.role.map(Role::from);
    if let Some(role) = role.filter(|wanted| *wanted != account.role) {
        answers::change_role(&caller, &id, role, version).await?;
    }
    // Whoever takes the right from themselves is told what they became.
    let changed = shared.app.people.account(&id).await?;
    let changed = changed.ok_or_else(|| AppError::NotFound("This account is gone.".into()))?;
    let tag = changed.version.to_string();
    matched::tagged(StatusCode::OK, &tag, &User::from(changed))
}

/// How many logins there were.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EndedLogins)]
struct Ended {
    ended: u64,
}

/// Ends every login of somebody's
///
/// For administrators who are logged in; a token cannot.
#[utoipa::path(
    delete, path = "/api/v1/users/{id}/logins", operation_id = "endLogins", tag = "users",
    params(("id" = String, Path, description = "The account.")),
    responses((status = 200, description = "They are over.", body = Ended), NotFound, WriteRefusals),
)]
async fn end_logins(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Ended>, Refusal> {
    let ended = answers::end_logins_of(&asker.caller(&shared), &id).await?;
    Ok(Json(Ended { ended }))
}
