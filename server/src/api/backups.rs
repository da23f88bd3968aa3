//! Backups for whoever administers the server: listed, begun, and taken home. `GET` and `POST /api/v1/backups`,
//! `GET /api/v1/backups/{name}`.

use app::{AppError, BackupFile, administers};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Asker, Shared,
    openapi::{NotFound, Refusals, WriteRefusals},
    query::attachment,
};
use crate::web::Refusal;

const BACKUP: &str = "application/octet-stream";

/// What is kept.
#[derive(Debug, Serialize, ToSchema)]
struct Backups {
    /// The newest first.
    backups: Vec<Backup>,
    /// Whether one is being made.
    is_working: bool,
}

/// One in the list.
#[derive(Debug, Serialize, ToSchema)]
struct Backup {
    #[schema(example = "holdfast-20261129T060000Z.backup")]
    name: String,
    /// Milliseconds since 1970.
    made_at: i64,
    bytes: u64,
    /// `null` while nobody has looked at it since the start.
    #[schema(required = true)]
    is_whole: Option<bool>,
    /// What is wrong with it.
    #[schema(required = true)]
    problem: Option<String>,
}

impl From<BackupFile> for Backup {
    fn from(file: BackupFile) -> Self {
        Self {
            name: file.name,
            made_at: file.made_at.0,
            bytes: file.bytes,
            is_whole: file.verdict.as_ref().map(Result::is_ok),
            problem: file.verdict.and_then(Result::err),
        }
    }
}

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, begin))
        .routes(routes!(download))
}

/// Lets only administrators in.
pub(super) async fn admit(shared: &Shared, asker: &Asker) -> Result<(), Refusal> {
    if administers(&shared.app, &asker.visitor).await? {
        return Ok(());
    }
    let told = "Only who administers this server may do this.";
    Err(Refusal(AppError::Forbidden(told.into())))
}

/// The backups that are kept
///
/// The newest first, for administrators.
#[utoipa::path(
    get, path = "/api/v1/backups", operation_id = "listBackups", tag = "administration",
    responses((status = 200, description = "The backups, and whether one is being made.", body = Backups), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Backups>, Refusal> {
    admit(&shared, &asker).await?;
    let keep = shared.app.monitor.keep();
    Ok(Json(Backups {
        backups: keep.list().await?.into_iter().map(Backup::from).collect(),
        is_working: keep.progress().is_some(),
    }))
}

/// Begin a backup
///
/// It is made while everybody goes on, and verified when it is complete. For administrators.
#[utoipa::path(
    post, path = "/api/v1/backups", operation_id = "beginBackup", tag = "administration",
    responses((status = 202, description = "It is being made."), WriteRefusals),
)]
async fn begin(State(shared): State<Shared>, asker: Asker) -> Result<StatusCode, Refusal> {
    admit(&shared, &asker).await?;
    shared.app.monitor.keep().begin()?;
    Ok(StatusCode::ACCEPTED)
}

/// A backup, as `holdfast restore` takes it
#[utoipa::path(
    get, path = "/api/v1/backups/{name}", operation_id = "downloadBackup", tag = "administration",
    params(("name" = String, Path, description = "The backup's file.")),
    responses(
        (status = 200, description = "The file.", body = String, content_type = "application/octet-stream"),
        Refusals, NotFound,
    ),
)]
async fn download(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    admit(&shared, &asker).await?;
    let path = shared.app.monitor.keep().path_of(&name).await?;
    let file = tokio::fs::File::open(path).await;
    let file = file.map_err(AppError::internal)?;
    Ok(attachment(ReaderStream::new(file), BACKUP, &name))
}
