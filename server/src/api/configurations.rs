//! Configurations for programs: editing sessions, and files with `ETag` and `If-Match`. And a file to take home.
//!
//! Every refusal carries what is there now, so that a program can merge and try again:
//! 428 without `If-Match`, 412 where the version is another, 409 where two changed the same place, 423 where it is
//! locked. With `X-Base-Version` instead of `If-Match` what does not overlap is merged.

use app::{AppError, desk_of};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};
use workbench::configurations::{
    Editor, SaveOutcome, Stored,
    desk::{Desk, DeskError, Who, Work},
    files::FileError,
};

use super::{
    Asker, Shared,
    asked::{Asked, Sent},
};
use crate::web::Refusal;

const SESSION_ID: &str = "x-session-id";
const BASE_VERSION: &str = "x-base-version";
const LOCK_TOKEN: &str = "x-lock-token";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/download/configuration", get(download))
        .route("/api/v1/sessions", axum::routing::post(open))
        .route("/api/v1/sessions/current", get(current).delete(close))
        .route("/api/v1/sessions/{name}/active", get(active))
        .route("/api/v1/configurations", get(list))
        .route(
            "/api/v1/configurations/{name}",
            get(file).put(save).delete(remove),
        )
}

/// The desk, and who asks.
fn at_desk(shared: &Shared, asker: &Asker) -> Result<(Desk, Who), Refusal> {
    Ok(desk_of(&shared.app, &asker.visitor)?)
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

async fn download(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(what): Asked<Named>,
) -> Result<Response, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    let (side, _) = desk.get(&what.name).await?;
    let named = format!(
        "attachment; filename*=UTF-8''{}",
        percent_encoding::utf8_percent_encode(&what.name, percent_encoding::NON_ALPHANUMERIC)
    );
    let kind = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    let named = HeaderValue::from_str(&named).map_err(AppError::internal)?;
    Ok(([kind, (header::CONTENT_DISPOSITION, named)], side.text).into_response())
}

#[derive(Debug, Deserialize)]
struct Open {
    config_name: String,
}

async fn open(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(Open { config_name }): Sent<Open>,
) -> Result<Response, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let opened = desk.open_file(&who, &config_name).await?;
    let here = opened
        .room
        .editors
        .iter()
        .find(|it| it.session == opened.session);
    let told = here.map(|editor| session(&config_name, editor, opened.room.editors.len()));
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

async fn current(State(shared): State<Shared>, asker: Asker) -> Result<Json<Value>, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let (name, editor) = desk.editor(&who, named(&asker.headers)?).await?;
    let room = desk.room(&name).await?;
    Ok(Json(session(&name, &editor, room.editors.len())))
}

async fn close(State(shared): State<Shared>, asker: Asker) -> Result<StatusCode, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let id = named(&asker.headers)?;
    // One that is over already is told apart: the program may have work that it believes to be safe.
    desk.file_of(&who, id).await?;
    desk.close(&who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn active(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    let room = desk.room(&name).await?;
    if room.version == 0 {
        return Err(AppError::NotFound(format!("There is no {name} here.")).into());
    }
    let count = room.editors.len();
    let sessions = room
        .editors
        .iter()
        .map(|editor| session(&name, editor, count));
    Ok(Json(
        json!({ "sessions": sessions.collect::<Vec<_>>(), "lock": room.lock }),
    ))
}

async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Value>, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    let files = desk.list().await?;
    Ok(Json(json!({ "configurations": files })))
}

async fn file(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    let (side, etag) = desk.get(&name).await?;
    let tag = quoted(&etag)?;
    if asker.headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let body =
        json!({ "name": name, "version": side.version, "saved_by": side.by, "content": side.text });
    Ok(([(header::ETAG, tag)], Json(body)).into_response())
}

#[derive(Debug, Deserialize)]
struct Content {
    content: String,
}

async fn save(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Sent(Content { content }): Sent<Content>,
) -> Result<Response, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let headers = &asker.headers;
    // Read in any case: a program that misspells it should hear of it at once.
    let token = number(headers, LOCK_TOKEN)?;
    if let Some(base) = number(headers, BASE_VERSION)? {
        let work = Work {
            text: content,
            base,
            token,
            is_overwriting: false,
        };
        return match desk.save(&who, named(headers)?, work).await? {
            SaveOutcome::Saved(stored) => saved(&stored),
            SaveOutcome::Conflicts(met) => {
                let body = json!({
                    "error": "conflict", "version": met.theirs.version, "content": met.theirs.text,
                    "conflicts": met.conflicts, "merged": met.merged,
                });
                Ok((StatusCode::CONFLICT, Json(body)).into_response())
            }
        };
    }
    let outcome = match headers.get(header::IF_MATCH) {
        Some(tag) => {
            let tag = tag
                .to_str()
                .unwrap_or_default()
                .trim_matches('"')
                .to_owned();
            desk.put(&who, &name, content, &tag).await
        }
        None if headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|any| any == "*") =>
        {
            desk.create(&who, &name, content).await
        }
        None => {
            let (side, etag) = desk.get(&name).await?;
            return stale(
                StatusCode::PRECONDITION_REQUIRED,
                side.version,
                &etag,
                &side.text,
            );
        }
    };
    match outcome {
        Ok(stored) => saved(&stored),
        Err(DeskError::File(FileError::Conflict { .. })) => {
            let (side, etag) = desk.get(&name).await?;
            stale(
                StatusCode::PRECONDITION_FAILED,
                side.version,
                &etag,
                &side.text,
            )
        }
        Err(error) => Err(AppError::from(error).into()),
    }
}

async fn remove(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let (side, etag) = desk.get(&name).await?;
    match asker.headers.get(header::IF_MATCH) {
        None => stale(
            StatusCode::PRECONDITION_REQUIRED,
            side.version,
            &etag,
            &side.text,
        ),
        Some(tag) if *tag != quoted(&etag)? => stale(
            StatusCode::PRECONDITION_FAILED,
            side.version,
            &etag,
            &side.text,
        ),
        Some(_) => {
            desk.remove(&who, &name, side.version).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
    }
}

fn session(name: &str, editor: &Editor, count: usize) -> Value {
    json!({
        "session_id": editor.session, "config_name": name, "user_id": editor.person.key,
        "user_name": editor.person.name, "loaded_at": editor.since, "last_accessed": editor.seen,
        "modified": editor.has_changes, "version": editor.opened, "concurrent_sessions": count,
    })
}

fn saved(stored: &Stored) -> Result<Response, Refusal> {
    Ok(([(header::ETAG, quoted(&stored.etag)?)], Json(stored)).into_response())
}

/// Refused, with what is there now.
fn stale(status: StatusCode, version: u64, etag: &str, text: &str) -> Result<Response, Refusal> {
    let body = json!({ "error": "stale", "version": version, "content": text });
    Ok((status, [(header::ETAG, quoted(etag)?)], Json(body)).into_response())
}

fn quoted(etag: &str) -> Result<HeaderValue, Refusal> {
    Ok(HeaderValue::from_str(&format!("\"{etag}\"")).map_err(AppError::internal)?)
}

/// The session that a program works in.
fn named(headers: &HeaderMap) -> Result<&str, Refusal> {
    let id = headers.get(SESSION_ID).and_then(|id| id.to_str().ok());
    Ok(id.ok_or_else(|| {
        AppError::BadRequest("Name the editing session in `X-Session-Id`.".into())
    })?)
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>, Refusal> {
    let Some(value) = headers.get(HeaderName::from_static(name)) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    let misread = || AppError::BadRequest(format!("`{name}` must be a whole number."));
    Ok(Some(number.ok_or_else(misread)?))
}
