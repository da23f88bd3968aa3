//! What was: a file's versions and backups for programs, and bringing one back.

use app::AppError;
use axum::{
    Json,
    extract::{Path, State},
    http::header::IF_MATCH,
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Asker, Content, Sent, Shared, at_desk, saved, seen,
    told::{Backup, File, Kept, Past},
};
use crate::{
    api::openapi::{IfMatch, Locked, Name, NotFound, Refusals, Stale, WriteRefusals},
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(version))
        .routes(routes!(backup))
        .routes(routes!(restore))
}

/// What a file was
///
/// Also of one that was deleted.
#[utoipa::path(
    get, path = "/api/v1/configurations/{name}/versions", operation_id = "listConfigurationVersions", tag = "configurations", params(Name),
    responses((status = 200, description = "Versions and backups, the newest first: 200 of each at most.", body = Past), Refusals, NotFound),
)]
async fn list(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Json<Past>, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    let versions = desk.versions(&name).await?;
    if versions.is_empty() {
        return Err(AppError::NotFound(format!("There never was a {name} here.")).into());
    }
    let backups = desk.backups(&name).await?;
    Ok(Json(Past {
        versions,
        backups: backups.into_iter().map(Backup::from).collect(),
    }))
}

/// One version
#[utoipa::path(
    get, path = "/api/v1/configurations/{name}/versions/{version}", operation_id = "getConfigurationVersion", tag = "configurations",
    params(Name, ("version" = u64, Path, description = "Its number.", minimum = 1)),
    responses((status = 200, description = "The file as it was.", body = File), Refusals, NotFound),
)]
async fn version(
    State(shared): State<Shared>,
    asker: Asker,
    Path((name, version)): Path<(String, String)>,
) -> Result<Json<File>, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    let number = version.parse();
    let number = number.map_err(|_| AppError::NotFound(format!("{version} is no version.")))?;
    let side = desk.version(&name, number).await?;
    Ok(Json(File::of(name, side)))
}

/// One backup
#[utoipa::path(
    get, path = "/api/v1/configurations/{name}/backups/{id}", operation_id = "getConfigurationBackup", tag = "configurations",
    params(Name, ("id" = String, Path, description = "Names it in the list.")),
    responses((status = 200, description = "The text that a save replaced.", body = Content), Refusals, NotFound),
)]
async fn backup(
    State(shared): State<Shared>,
    asker: Asker,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Content>, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    let content = desk.preview(&name, &id).await?;
    Ok(Json(Content { content }))
}

/// What is to come back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Older)]
enum Older {
    /// A version, by its number.
    Version(u64),
    /// A backup, by its id.
    Backup(String),
}

/// Bring back what was
///
/// As a new version. `If-Match` names what it is to replace; a file that was deleted comes back without.
#[utoipa::path(
    post, path = "/api/v1/configurations/{name}/restore", operation_id = "restoreConfiguration", tag = "configurations",
    params(Name, IfMatch), request_body = Older,
    responses(
        (status = 200, description = "It is back.", body = Kept, headers(("ETag" = String, description = "Its version, in quotes."))),
        WriteRefusals, NotFound, Stale, Locked,
    ),
)]
async fn restore(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Sent(older): Sent<Older>,
) -> Result<Response, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let seen = match seen(&desk, &asker, &name).await {
        Ok(Ok(side)) => side.version,
        Ok(Err(stale)) => return Ok(stale),
        // Who names what is to be replaced has not seen that it is gone.
        Err(Refusal(AppError::NotFound(_))) if !asker.headers.contains_key(IF_MATCH) => 0,
        Err(refusal) => return Err(refusal),
    };
    saved(&match older {
        Older::Version(version) => desk.restore(&who, &name, version, seen).await?,
        Older::Backup(id) => desk.restore_backup(&who, &name, &id, seen).await?,
    })
}
