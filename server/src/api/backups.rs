//! Backups for whoever administers the server: listed, begun, given up, read to their end, and taken home.

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
    /// How far it is.
    #[schema(required = true)]
    progress: Option<Progress>,
    /// Why the last one could not be made.
    #[schema(required = true)]
    problem: Option<String>,
}

/// How far a backup is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BackupProgress)]
struct Progress {
    /// Changes that are in it.
    done: u64,
    /// Changes in all.
    total: u64,
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
        .routes(routes!(cancel))
        .routes(routes!(download))
        .routes(routes!(verify))
}

/// Lets only administrators in.
pub(super) async fn admit(shared: &Shared, asker: &Asker) -> Result<(), Refusal> {
    if administers(&shared.app, &asker.visitor).await? {
        return Ok(());
    }
    Err(not_allowed().into())
}

/// Of programs only those whose token may write: a backup pushes out an older one.
async fn admit_to_write(shared: &Shared, asker: &Asker) -> Result<(), Refusal> {
    admit(shared, asker).await?;
    Ok(asker.visitor.may_write()?)
}

/// What whoever does not administer the server is told.
pub(super) fn not_allowed() -> AppError {
    AppError::Forbidden("Only who administers this server may do this.".into())
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
    // Before the list: when none is being made any more, the list has it.
    let progress = keep.progress();
    Ok(Json(Backups {
        backups: keep.list().await?.into_iter().map(Backup::from).collect(),
        is_working: progress.is_some(),
        progress: progress.map(|(done, total)| Progress { done, total }),
        problem: keep.problem(),
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
    admit_to_write(&shared, &asker).await?;
    shared.app.monitor.keep().begin()?;
    Ok(StatusCode::ACCEPTED)
}

/// Give up the backup that is being made
///
/// Nothing is left of it. That none is being made is no problem. For administrators.
#[utoipa::path(
    post, path = "/api/v1/backups/cancel", operation_id = "cancelBackup", tag = "administration",
    responses((status = 204, description = "None is being made."), WriteRefusals),
)]
async fn cancel(State(shared): State<Shared>, asker: Asker) -> Result<StatusCode, Refusal> {
    admit_to_write(&shared, &asker).await?;
    shared.app.monitor.keep().cancel();
    Ok(StatusCode::NO_CONTENT)
}

/// What a look at a backup found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BackupVerdict)]
struct Verdict {
    /// Whether a server could be restored from it.
    is_whole: bool,
    /// States in it.
    #[schema(required = true)]
    states: Option<u64>,
    /// The newest change in it.
    #[schema(required = true)]
    revision: Option<u64>,
    /// What is wrong with it.
    #[schema(required = true)]
    problem: Option<String>,
}

/// Read a backup to its end: whether a server could be restored from it
///
/// For administrators.
#[utoipa::path(
    post, path = "/api/v1/backups/{name}/verify", operation_id = "verifyBackup", tag = "administration",
    params(("name" = String, Path, description = "The backup's file.")),
    responses((status = 200, description = "What was found.", body = Verdict), WriteRefusals, NotFound),
)]
async fn verify(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Json<Verdict>, Refusal> {
    admit(&shared, &asker).await?;
    let found = shared.app.monitor.keep().verify(&name).await?;
    let whole = found.as_ref().ok();
    Ok(Json(Verdict {
        is_whole: whole.is_some(),
        states: whole.map(|whole| whole.states),
        revision: whole.map(|whole| whole.revision.0),
        problem: found.err(),
    }))
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
