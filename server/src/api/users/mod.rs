//! People for programs: who one is, and for administrators who has an account, what it may do, and inviting somebody.
//!
//! - `accounts` are everybody's, `tenants` the organisations they belong to, `invitations` make new ones
//! - `tokens` are one's own
//! - `types` is how an account is told
//!
//! A token sees what its person sees. It changes no account, makes no token and ends no login, as on the page: whoever finds
//! one must not be able to stay.

mod accounts;
mod invitations;
mod tenants;
mod tokens;
mod types;

use app::AppError;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::types::User;
use super::{Asker, Shared, openapi::Refusals};
use crate::web::Refusal;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(me))
        .merge(accounts::routes())
        .merge(tenants::routes())
        .merge(invitations::routes())
        .merge(tokens::routes())
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
