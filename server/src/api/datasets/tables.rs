//! The tables of one's study: what is known of each, its rows as they are, and taking one out and bringing it back.

use app::AppError;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use holdfast::{Expected, Version};
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::{
    data::{MergeKeys, TableInfo},
    profile::{Extent, Profile},
};

use super::rows::{AsFile, FileForm, Place, Rows};
use crate::{
    api::{
        Asker, Shared,
        asked::Asked,
        matched,
        openapi::{IfMatch, IfNoneMatch, NotFound, Refusals, Stale, WriteRefusals},
        query::{CSV, PARQUET, attachment, parquet_is_on},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(one, remove))
        .routes(routes!(restore))
        .routes(routes!(profile))
        .routes(routes!(rows))
        .routes(routes!(file))
}

/// A study: its tables, and the keys they meet on.
#[derive(Debug, Serialize, ToSchema)]
struct Tables {
    /// In the order they came.
    tables: Vec<TableInfo>,
    /// The keys in force; `null` while there is no table, or no key was found.
    keys: Option<MergeKeys>,
    /// Why there are no keys.
    keys_problem: Option<String>,
}

/// The tables of one's study
#[utoipa::path(
    get, path = "/api/v1/tables", operation_id = "listTables", tag = "datasets",
    responses((status = 200, description = "All of them, and the keys they meet on.", body = Tables), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Tables>, Refusal> {
    let view = asker.workspace(&shared.app)?.view().await?;
    Ok(Json(Tables {
        tables: view.tables,
        keys: view.keys,
        keys_problem: view.keys_problem,
    }))
}

/// One table: its columns with types, ranges and missing values
#[utoipa::path(
    get, path = "/api/v1/tables/{name}", operation_id = "getTable", tag = "datasets",
    params(("name" = String, Path, description = "The table."), IfNoneMatch),
    responses(
        (status = 200, description = "The table.", body = TableInfo, headers(("ETag" = String))),
        (status = 304, description = "It is what is known."),
        NotFound, Refusals,
    ),
)]
async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let (table, version) = asker.workspace(&shared.app)?.table(&name).await?;
    matched::read(&asker.headers, &version.0.to_string(), &table)
}

/// Takes a table out of the study
///
/// Its file and its history stay, so that it can be restored.
#[utoipa::path(
    delete, path = "/api/v1/tables/{name}", operation_id = "deleteTable", tag = "datasets",
    params(("name" = String, Path, description = "The table."), IfMatch),
    responses((status = 204, description = "It is out of the study."), NotFound, Stale, WriteRefusals),
)]
async fn remove(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let workspace = asker.workspace(&shared.app)?;
    let (table, Version(version)) = workspace.table(&name).await?;
    if let Some(refused) = matched::unmet(&asker.headers, &version.to_string(), &table)? {
        return Ok(refused);
    }
    let expected = Expected::Version(Version(version));
    workspace.remove_table_seen(&name, expected).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Brings a table back that was taken out
#[utoipa::path(
    post, path = "/api/v1/tables/{name}/restore", operation_id = "restoreTable", tag = "datasets",
    params(("name" = String, Path, description = "The table.")),
    responses((status = 200, description = "It is in the study, as it was.", body = TableInfo), NotFound, WriteRefusals),
)]
async fn restore(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
) -> Result<Json<TableInfo>, Refusal> {
    let workspace = asker.workspace(&shared.app)?;
    // One that was never taken out is as it is.
    let view = workspace.view().await?;
    match view.table(&name) {
        Some(table) => Ok(Json(table.clone())),
        None => Ok(Json(workspace.restore_table(&name).await?)),
    }
}

/// How much of it is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Looked {
    /// At most 100,000 rows, evenly through the table (`sampled`), or every row.
    #[param(inline, required = false)]
    #[serde(default)]
    extent: Extent,
}

/// A table described: each column, how numbers go together, what is missing with what
#[utoipa::path(
    get, path = "/api/v1/tables/{name}/profile", operation_id = "profileTable", tag = "datasets",
    params(("name" = String, Path, description = "The table."), Looked),
    responses((status = 200, description = "The profile.", body = Profile), NotFound, Refusals),
)]
async fn profile(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Asked(looked): Asked<Looked>,
) -> Result<Json<Profile>, Refusal> {
    let (table, _) = asker.workspace(&shared.app)?.table(&name).await?;
    let profile = shared.app.workbench.profile(&table, looked.extent).await?;
    Ok(Json(profile))
}

/// Rows of a table as it is, page by page
#[utoipa::path(
    get, path = "/api/v1/tables/{name}/rows", operation_id = "tableRows", tag = "datasets",
    params(("name" = String, Path, description = "The table."), Place),
    responses((status = 200, description = "Some rows, in the file's order.", body = Rows), NotFound, Refusals),
)]
async fn rows(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Asked(place): Asked<Place>,
) -> Result<Json<Rows>, Refusal> {
    let (offset, limit) = place.checked()?;
    let (table, _) = asker.workspace(&shared.app)?.table(&name).await?;
    let page = shared
        .app
        .workbench
        .table_page(&table, offset, limit)
        .await?;
    let columns = table.columns.into_iter().map(|column| column.name);
    Ok(Json(Rows::of(columns, page)))
}

/// A table as a file
#[utoipa::path(
    get, path = "/api/v1/tables/{name}/file", operation_id = "downloadTable", tag = "datasets",
    params(("name" = String, Path, description = "The table."), AsFile),
    responses(
        (status = 200, description = "The table, streamed.", content((String = "text/csv"), (String = "application/vnd.apache.parquet"))),
        NotFound, Refusals,
    ),
)]
async fn file(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Asked(AsFile { format }): Asked<AsFile>,
) -> Result<Response, Refusal> {
    let (table, _) = asker.workspace(&shared.app)?.table(&name).await?;
    if format == FileForm::Parquet {
        parquet_is_on(&shared, &asker).await?;
    }
    let bench = &shared.app.workbench;
    let path = bench.table_path(&table.id);
    let path = bench.bring(path, "This table's file").await?;
    if format == FileForm::Csv {
        let rows = bench.export_table(&table)?;
        return Ok(attachment(rows, CSV, &format!("{}.csv", table.name)));
    }
    let gone = |_| AppError::NotFound("This table's file is not here any more.".into());
    let file = tokio::fs::File::open(path).await.map_err(gone)?;
    let name = format!("{}.parquet", table.name);
    Ok(attachment(ReaderStream::new(file), PARQUET, &name))
}
