//! Locks for programs: one editing session saves, the others ask.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::configurations::Lock;

use super::{
    Asker, Shared, at_desk, named,
    sessions::who_is_in,
    told::{Active, LockShape},
};
use crate::{
    api::openapi::{Locked, Name, NotFound, SessionId, WriteRefusals},
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(take, let_go))
        .routes(routes!(ask))
        .routes(routes!(break_open))
}

/// Lock the file, or keep the lock
///
/// A save in this session names its `token` in `X-Lock-Token`: one that arrives after the lock has passed on is refused. It ends
/// half an hour after the session's last sign of life.
#[utoipa::path(
    put, path = "/api/v1/sessions/current/lock", operation_id = "takeLock", tag = "configurations", params(SessionId),
    responses((status = 200, description = "The lock, which is this session's.", body = LockShape), WriteRefusals, NotFound, Locked),
)]
async fn take(State(shared): State<Shared>, asker: Asker) -> Result<Json<Lock>, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    Ok(Json(desk.lock(&who, named(&asker.headers)?).await?))
}

/// Ask for the lock
///
/// Who has it sees that; when they let go, it is this session's. One that nobody has any more is this session's at once.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/lock/ask", operation_id = "askForLock", tag = "configurations", params(SessionId),
    responses((status = 200, description = "Who is in the file, and its lock.", body = Active), WriteRefusals, NotFound),
)]
async fn ask(State(shared): State<Shared>, asker: Asker) -> Result<Json<Active>, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let session = named(&asker.headers)?;
    let name = desk.file_of(&who, session).await?;
    desk.ask_for_lock(&who, session).await?;
    Ok(Json(who_is_in(&desk, &name).await?))
}

/// Let go of the lock
#[utoipa::path(
    delete, path = "/api/v1/sessions/current/lock", operation_id = "letGoOfLock", tag = "configurations", params(SessionId),
    responses((status = 204, description = "It is not this session's any more: free, or with who asked for it; one of another session stays as it is."), WriteRefusals, NotFound),
)]
async fn let_go(State(shared): State<Shared>, asker: Asker) -> Result<StatusCode, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    desk.unlock(&who, named(&asker.headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Break a lock
///
/// For administrators; the log says who did. What its holder has not saved stays with them, as a draft.
#[utoipa::path(
    delete, path = "/api/v1/configurations/{name}/lock", operation_id = "breakLock", tag = "configurations", params(Name),
    responses((status = 204, description = "It is free."), WriteRefusals, NotFound),
)]
async fn break_open(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    desk.get(&name).await?;
    desk.break_lock(&who, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
