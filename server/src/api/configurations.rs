//! Configurations for programs: files with `ETag` and `If-Match`. And a file to take home. Editing sessions are in `sessions`,
//! their locks in `locks`, versions and backups in `past`, copies and new names in `shelf`, what is told in `told`.
//!
//! Every refusal carries what is there now, so that a program can merge and try again:
//! 428 without `If-Match`, 412 where the version is another, 409 where two changed the same place, 423 where it is
//! locked. With `X-Base-Version` instead of `If-Match` what does not overlap is merged.

mod locks;
mod past;
mod sessions;
mod shelf;
mod told;

use app::{AppError, desk_of};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::configurations::{
    SaveOutcome, Stored, VersionSide,
    desk::{Desk, DeskError, Who, Work},
    files::FileError,
};

use self::told::{File, Files, Kept};
use super::{
    Asker, Shared,
    asked::{Asked, Sent},
    openapi::{
        BaseVersion, IfMatch, IfNoneMatch, LockToken, Locked, Merging, Name, NotFound, Refusals,
        Stale, WriteRefusals,
    },
};
use crate::web::Refusal;

pub(super) const SESSION_ID: &str = "x-session-id";
pub(super) const BASE_VERSION: &str = "x-base-version";
pub(super) const LOCK_TOKEN: &str = "x-lock-token";

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .route("/download/configuration", get(download))
        .merge(sessions::routes())
        .merge(locks::routes())
        .merge(past::routes())
        .merge(shelf::routes())
        .routes(routes!(list))
        .routes(routes!(file, save, remove))
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

/// All files
#[utoipa::path(
    get, path = "/api/v1/configurations", operation_id = "listConfigurations", tag = "configurations",
    responses((status = 200, description = "All files, by name.", body = Files), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Files>, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    let configurations = desk.list().await?;
    Ok(Json(Files { configurations }))
}

/// A file
#[utoipa::path(
    get, path = "/api/v1/configurations/{name}", operation_id = "getConfiguration", tag = "configurations",
    params(Name, IfNoneMatch),
    responses(
        (status = 200, description = "The file.", body = File, headers(("ETag" = String, description = "Its version, in quotes."))),
        (status = 304, description = "It is as `If-None-Match` says."),
        Refusals, NotFound,
    ),
)]
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
    Ok(([(header::ETAG, tag)], Json(File::of(name, side))).into_response())
}

/// What a file is to be, or was.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Text)]
struct Content {
    /// All of it.
    content: String,
}

/// Save a file
///
/// With `If-Match` only over the version that was seen; with `If-None-Match: *` as a new file; with `X-Base-Version` and
/// `X-Session-Id` together with what others saved since. A conflict (409) tells `version` and `content` of what is there now, and
/// the `conflicts`; 412 and 428 tell `version` and `content`.
#[utoipa::path(
    put, path = "/api/v1/configurations/{name}", operation_id = "saveConfiguration", tag = "configurations",
    params(Name, IfMatch, IfNoneMatch, BaseVersion, LockToken, Merging), request_body = Content,
    responses(
        (status = 200, description = "Saved.", body = Kept, headers(("ETag" = String, description = "Its version, in quotes."))),
        WriteRefusals, NotFound, Stale, Locked,
    ),
)]
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
            draft: None,
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
        None => return stale(&desk, &name, StatusCode::PRECONDITION_REQUIRED).await,
    };
    match outcome {
        Ok(stored) => saved(&stored),
        Err(DeskError::File(FileError::Conflict { .. })) => {
            stale(&desk, &name, StatusCode::PRECONDITION_FAILED).await
        }
        Err(error) => Err(AppError::from(error).into()),
    }
}

/// Remove a file
#[utoipa::path(
    delete, path = "/api/v1/configurations/{name}", operation_id = "deleteConfiguration", tag = "configurations",
    params(Name, IfMatch),
    responses((status = 204, description = "It is gone; its history stays."), WriteRefusals, NotFound, Stale, Locked),
)]
async fn remove(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    match seen(&desk, &asker, &name).await? {
        Ok(side) => {
            desk.remove(&who, &name, side.version).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(stale) => Ok(stale),
    }
}

fn saved(stored: &Stored) -> Result<Response, Refusal> {
    Ok(([(header::ETAG, quoted(&stored.etag)?)], Json(stored)).into_response())
}

/// The file, if it is what `If-Match` says; or the refusal, with what is there now.
async fn seen(
    desk: &Desk,
    asker: &Asker,
    name: &str,
) -> Result<Result<VersionSide, Response>, Refusal> {
    let (side, etag) = desk.get(name).await?;
    let tag = quoted(&etag)?;
    let status = match asker.headers.get(header::IF_MATCH) {
        Some(seen) if *seen == tag => return Ok(Ok(side)),
        Some(_) => StatusCode::PRECONDITION_FAILED,
        None => StatusCode::PRECONDITION_REQUIRED,
    };
    Ok(Err(refused(status, &side, tag)))
}

/// Refused, with what is there now.
async fn stale(desk: &Desk, name: &str, status: StatusCode) -> Result<Response, Refusal> {
    let (side, etag) = desk.get(name).await?;
    Ok(refused(status, &side, quoted(&etag)?))
}

fn refused(status: StatusCode, side: &VersionSide, tag: HeaderValue) -> Response {
    let body = json!({ "error": "stale", "version": side.version, "content": side.text });
    (status, [(header::ETAG, tag)], Json(body)).into_response()
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
