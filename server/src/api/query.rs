//! The merged result as a file, and the Query page's plain form; `about` has the files about a query.

mod about;

use std::error::Error;

use app::{AppError, PARQUET_DOWNLOAD, has_feature, query_forms, sharing::result_to_read};
use axum::{
    Form, Router,
    body::Body,
    extract::{State, rejection::FormRejection},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use serde::{Deserialize, de::DeserializeOwned};
use workbench::query::{ExportFormat, PageRequest, export_name};

pub(super) use self::about::{parameters_in, parameters_out, summary_out};
use super::{Asker, Shared, asked::Asked, plain_forms::answer_form};
use crate::web::Refusal;

const PAGE: &str = "/";
/// What a comma separated download is.
pub(super) const CSV: &str = "text/csv; charset=utf-8";
/// What a Parquet download is.
pub(super) const PARQUET: &str = "application/vnd.apache.parquet";

/// Which result, in which order, with which column filters (both as JSON).
#[derive(Debug, Deserialize)]
struct Download {
    id: String,
    sort: Option<String>,
    filters: Option<String>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/query/result.csv", get(csv))
        .route("/query/result.parquet", get(parquet))
        .route("/query/apply", post(apply))
        .merge(about::routes())
}

async fn csv(
    shared: State<Shared>,
    asker: Asker,
    what: Asked<Download>,
) -> Result<Response, Refusal> {
    result(shared, asker, what, ExportFormat::Csv).await
}

async fn parquet(
    shared: State<Shared>,
    asker: Asker,
    what: Asked<Download>,
) -> Result<Response, Refusal> {
    result(shared, asker, what, ExportFormat::Parquet).await
}

async fn result(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(what): Asked<Download>,
    format: ExportFormat,
) -> Result<Response, Refusal> {
    if format == ExportFormat::Parquet {
        parquet_is_on(&shared, &asker).await?;
    }
    let result = result_to_read(&shared.app, &asker.visitor, &what.id).await?;
    let request = PageRequest {
        sort: from_json("sort", what.sort.as_deref())?.unwrap_or_default(),
        filters: from_json("filters", what.filters.as_deref())?.unwrap_or_default(),
        ..PageRequest::default()
    };
    let kind = match format {
        ExportFormat::Csv => CSV,
        ExportFormat::Parquet => PARQUET,
    };
    let name = export_name(&result, format, shared.door.clock.now().0);
    let bench = &shared.app.workbench;
    let path = bench.result_path(&result.id);
    bench.bring(path, "The merged result").await?;
    let rows = bench.export(&result, format, &request)?;
    Ok(attachment(rows, kind, &name))
}

/// Refuses Parquet where it is switched off.
pub(super) async fn parquet_is_on(shared: &Shared, asker: &Asker) -> Result<(), Refusal> {
    let (states, visitor) = (&shared.app.manager, &asker.visitor);
    match has_feature(states, visitor, PARQUET_DOWNLOAD).await? {
        true => Ok(()),
        false => Err(Refusal(AppError::Forbidden(
            "Downloads as Parquet are switched off. Take CSV instead.".into(),
        ))),
    }
}

/// A parameter that holds JSON.
pub(super) fn from_json<T: DeserializeOwned>(
    name: &str,
    text: Option<&str>,
) -> Result<Option<T>, AppError> {
    let parse = |text| {
        serde_json::from_str(text).map_err(|error| AppError::Invalid {
            path: name.to_owned(),
            problem: error.to_string(),
        })
    };
    text.filter(|text| !text.is_empty()).map(parse).transpose()
}

/// A download that is made while it is sent. One that fails on the way breaks off, so that nobody
/// takes half a file for a whole one.
pub(super) fn attachment(
    rows: impl Stream<Item = Result<Bytes, impl Error + Send + Sync + 'static>> + Send + 'static,
    kind: &'static str,
    name: &str,
) -> Response {
    // Compression asks once more after the end.
    let rows = rows
        .inspect_err(|error| tracing::error!(%error, "a download broke off"))
        .fuse();
    // The name is made of table names, and these are sanitised; a quote would end the header's value.
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && c != '"' && c != '\\' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{safe}\""));
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            disposition.unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    (StatusCode::OK, headers, Body::from_stream(rows)).into_response()
}

/// The filter rail as a plain form.
async fn apply(
    State(shared): State<Shared>,
    mut asker: Asker,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Refusal> {
    let cookie = asker.ensure(&shared).await?;
    let done = match form {
        Ok(Form(fields)) => query_forms::apply(&shared.app, &asker.visitor, &fields).await,
        Err(problem) => Err(AppError::BadRequest(problem.body_text())),
    };
    Ok(answer_form(&shared, cookie, done, PAGE, Redirect::to(PAGE)))
}
