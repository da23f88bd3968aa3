//! Editing sessions for programs: opened, looked at, ended, and who is in a file.

use app::AppError;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::configurations::desk::Desk;

use super::{
    Asker, Sent, Shared, at_desk, named,
    told::{Active, Session},
};
use crate::{
    api::openapi::{FileName, Name, NotFound, Refusals, SessionId, WriteRefusals},
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(open))
        .routes(routes!(current, close))
        .routes(routes!(active))
}

/// Which file.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OpenSession)]
struct Open {
    #[schema(value_type = FileName, inline)]
    config_name: String,
}

/// Open a file to edit it
#[utoipa::path(
    post, path = "/api/v1/sessions", operation_id = "openSession", tag = "configurations", request_body = Open,
    responses((status = 201, description = "The editing session.", body = Session), WriteRefusals, NotFound),
)]
async fn open(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(Open { config_name }): Sent<Open>,
) -> Result<(StatusCode, Json<Session>), Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let opened = desk.open_file(&who, &config_name).await?;
    let editors = opened.room.editors;
    let here = editors.iter().find(|it| it.session == opened.session);
    let here = here.ok_or_else(|| AppError::internal("an opened session is not in its room"))?;
    let told = Session::of(&config_name, here, editors.len());
    Ok((StatusCode::CREATED, Json(told)))
}

/// One's editing session
#[utoipa::path(
    get, path = "/api/v1/sessions/current", operation_id = "currentSession", tag = "configurations", params(SessionId),
    responses((status = 200, description = "The editing session.", body = Session), Refusals, NotFound),
)]
async fn current(State(shared): State<Shared>, asker: Asker) -> Result<Json<Session>, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let (name, editor) = desk.editor(&who, named(&asker.headers)?).await?;
    let room = desk.room(&name).await?;
    Ok(Json(Session::of(&name, &editor, room.editors.len())))
}

/// End it
#[utoipa::path(
    delete, path = "/api/v1/sessions/current", operation_id = "closeSession", tag = "configurations", params(SessionId),
    responses((status = 204, description = "It is over; its lock is free."), WriteRefusals, NotFound),
)]
async fn close(State(shared): State<Shared>, asker: Asker) -> Result<StatusCode, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let id = named(&asker.headers)?;
    // One that is over already is told apart: the program may have work that it believes to be safe.
    desk.file_of(&who, id).await?;
    desk.close(&who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has a file open, and its lock
#[utoipa::path(
    get, path = "/api/v1/sessions/{name}/active", operation_id = "activeSessions", tag = "configurations", params(Name),
    responses((status = 200, description = "Who is there.", body = Active), Refusals, NotFound),
)]
async fn active(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Json<Active>, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    Ok(Json(who_is_in(&desk, &name).await?))
}

/// Who is in a file that is there.
pub(super) async fn who_is_in(desk: &Desk, name: &str) -> Result<Active, Refusal> {
    let room = desk.room(name).await?;
    if room.version == 0 {
        return Err(AppError::NotFound(format!("There is no {name} here.")).into());
    }
    let count = room.editors.len();
    let sessions = room
        .editors
        .iter()
        .map(|editor| Session::of(name, editor, count));
    Ok(Active {
        sessions: sessions.collect(),
        lock: room.lock,
    })
}
