//! People for programs: who one is, and for administrators who has an account, what it may do, and inviting somebody.
//! `tokens` are one's own.
//!
//! A token sees what its person sees. It changes no account, makes no token and ends no login, as on the page: whoever finds
//! one must not be able to stay.

mod tokens;

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

use super::{
    Asker, Shared,
    asked::Sent,
    matched,
    openapi::{IfMatch, IfNoneMatch, NotFound, Refusals, Stale, WriteRefusals},
};
use crate::web::Refusal;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(me))
        .routes(routes!(invite))
        .routes(routes!(one, change))
        .routes(routes!(end_logins))
        .merge(tokens::routes())
}

/// What a person may do; each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
enum Rank {
    /// Looks, filters and plots.
    Viewer,
    /// Imports, merges and runs in a workspace of their own.
    Analyst,
    /// Changes what several people share.
    Editor,
    /// Decides who may do what, and runs the server.
    Admin,
}

impl From<Role> for Rank {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Analyst => Self::Analyst,
            Role::Editor => Self::Editor,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<Rank> for Role {
    fn from(rank: Rank) -> Self {
        match rank {
            Rank::Viewer => Self::Viewer,
            Rank::Analyst => Self::Analyst,
            Rank::Editor => Self::Editor,
            Rank::Admin => Self::Admin,
        }
    }
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
struct User {
    /// Names it for ever.
    id: String,
    /// What the person is called.
    name: String,
    /// How they log in.
    email: String,
    role: Rank,
    /// The organisation they belong to.
    tenant: String,
    /// Whether it may be used.
    is_active: bool,
    /// Whether a second factor is asked for when they log in.
    has_second_factor: bool,
    /// Counts its changes.
    version: u64,
    /// When it was made, in milliseconds since 1970 UTC.
    created_at: i64,
}

impl From<Account> for User {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            name: account.name,
            email: account.email,
            role: account.role.into(),
            tenant: account.tenant.to_string(),
            is_active: account.is_active,
            has_second_factor: account.factor.is_some(),
            version: account.version,
            created_at: account.created_at,
        }
    }
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// Names them to others: their account, or the browser's session.
    key: String,
    /// What they are called; `Guest ...` without an account.
    name: String,
    /// Their account; `null` for a guest.
    user: Option<User>,
    /// Whether what they write is taken at all: not from a token that may only read.
    may_write: bool,
}

/// Who asks
#[utoipa::path(
    get, path = "/api/v1/users/me", operation_id = "getMe", tag = "users",
    responses((status = 200, description = "Whom this server takes the caller for.", body = Me), Refusals),
)]
async fn me(asker: Asker) -> Result<Json<Me>, Refusal> {
    let visitor = &asker.visitor;
    let person = visitor.person().ok_or(AppError::NoSession)?;
    Ok(Json(Me {
        key: person.key,
        name: person.name,
        user: visitor.account.as_deref().cloned().map(User::from),
        may_write: visitor.token.as_ref().is_none_or(|token| token.may_write),
    }))
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
}

/// Gives somebody another role, or takes their account out of use or into use again
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
    // Two steps, each whole: somebody who is suspended has lost their logins before they get another role.
    let mut version = account.version;
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

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InvitationOrder)]
struct Invited {
    /// What they will be allowed to do.
    role: Rank,
    /// The organisation they will belong to; the caller's without it.
    #[serde(default)]
    tenant: Option<String>,
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
struct Invitation {
    /// The path of the link on this server. It is told this once, is good once, and for a week.
    link: String,
}

/// Invites somebody
///
/// For administrators who are logged in; a token cannot. Whoever opens the link makes an account with the role.
#[utoipa::path(
    post, path = "/api/v1/invitations", operation_id = "invite", tag = "users",
    request_body = Invited,
    responses((status = 201, description = "The invitation.", body = Invitation), NotFound, WriteRefusals),
)]
async fn invite(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(Invited { role, tenant }): Sent<Invited>,
) -> Result<Response, Refusal> {
    let link = answers::invite(&asker.caller(&shared), role.into(), tenant).await?;
    let made = Invitation { link };
    Ok(matched::told_once(StatusCode::CREATED, &made))
}
