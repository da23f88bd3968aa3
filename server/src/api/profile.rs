//! A table's profile as a file: HTML for people, JSON for programs.

use app::{AppError, tables_of};
use axum::{Router, extract::State, response::Response, routing::get};
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;
use workbench::profile::{Extent, html};

use super::{Asker, Shared, asked::Asked, query::attachment};
use crate::web::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Html,
    Json,
}

/// Which table, how much of it, as what.
#[derive(Debug, Deserialize)]
struct Download {
    table: String,
    #[serde(default)]
    extent: Extent,
    format: Format,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/profile/download", get(download))
}

async fn download(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(what): Asked<Download>,
) -> Result<Response, Refusal> {
    let study = tables_of(&shared.app, &asker.visitor).await?;
    let gone = || AppError::NotFound(format!("There is no table {} here.", what.table));
    let table = study.table(&what.table).ok_or_else(gone)?;
    let profile = shared.app.workbench.profile(table, what.extent).await?;
    let (content, kind, end) = match what.format {
        Format::Html => (
            html(&profile).into_bytes(),
            "text/html; charset=utf-8",
            "html",
        ),
        Format::Json => (
            serde_json::to_vec_pretty(&profile).map_err(AppError::internal)?,
            "application/json",
            "json",
        ),
    };
    let name = format!("profile_{}.{end}", profile.table);
    let content = stream::once(async { Ok::<_, std::io::Error>(Bytes::from(content)) });
    Ok(attachment(content, kind, &name))
}
