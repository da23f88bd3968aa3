//! Backups for whoever administers the server: listed, begun, and taken home. `GET` and `POST /api/v1/backups`,
//! `GET /api/v1/backups/{name}`.

use app::{AppError, BackupFile, administers};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use serde_json::json;
use tokio_util::io::ReaderStream;

use super::{Asker, Shared, query::attachment};
use crate::web::Refusal;

const BACKUP: &str = "application/octet-stream";

/// One in the list.
#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    /// Milliseconds since 1970.
    made_at: i64,
    bytes: u64,
    /// `null` while nobody has looked at it since the start.
    is_whole: Option<bool>,
    /// What is wrong with it.
    problem: Option<String>,
}

impl From<BackupFile> for Listed {
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

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/backups", get(list).post(begin))
        .route("/api/v1/backups/{name}", get(download))
}

/// Lets only administrators in.
pub(super) async fn admit(shared: &Shared, asker: &Asker) -> Result<(), Refusal> {
    if administers(&shared.app, &asker.visitor).await? {
        return Ok(());
    }
    let told = "Only who administers this server may do this.";
    Err(Refusal(AppError::Forbidden(told.into())))
}

async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Response, Refusal> {
    admit(&shared, &asker).await?;
    let keep = shared.app.monitor.keep();
    let backups: Vec<Listed> = keep.list().await?.into_iter().map(Listed::from).collect();
    let answer = json!({ "backups": backups, "is_working": keep.progress().is_some() });
    Ok(Json(answer).into_response())
}

async fn begin(State(shared): State<Shared>, asker: Asker) -> Result<StatusCode, Refusal> {
    admit(&shared, &asker).await?;
    shared.app.monitor.keep().begin()?;
    Ok(StatusCode::ACCEPTED)
}

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
