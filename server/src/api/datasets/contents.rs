//! What is in a merged result: its rows page by page, and all of it as a file.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::query::{ExportFormat, PageRequest, export_name};

use super::{
    results::found,
    rows::{AsFile, Place, Rows, View},
};
use crate::{
    api::{
        Asker, Shared,
        asked::Asked,
        openapi::{NotFound, Refusals},
        query::{CSV, PARQUET, attachment, parquet_is_on},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(rows))
        .routes(routes!(file))
}

/// Rows of a merged result, sorted and filtered, page by page
#[utoipa::path(
    get, path = "/api/v1/datasets/{id}/rows", operation_id = "datasetRows", tag = "datasets",
    params(("id" = String, Path, description = "The result."), Place, View),
    responses((status = 200, description = "Some rows.", body = Rows), NotFound, Refusals),
)]
async fn rows(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
    Asked(view): Asked<View>,
) -> Result<Json<Rows>, Refusal> {
    let (offset, limit) = place.checked()?;
    let result = found(&shared, &asker, &id).await?.result;
    let request = PageRequest {
        offset,
        limit,
        ..view.request(&result.columns)?
    };
    let page = shared.app.workbench.page(&result, &request).await?;
    let columns = result.columns.into_iter().map(|column| column.name);
    Ok(Json(Rows::of(columns, page)))
}

/// A merged result as a file, sorted and filtered
#[utoipa::path(
    get, path = "/api/v1/datasets/{id}/file", operation_id = "downloadDataset", tag = "datasets",
    params(("id" = String, Path, description = "The result."), AsFile, View),
    responses(
        (status = 200, description = "The result, streamed.", content((String = "text/csv"), (String = "application/vnd.apache.parquet"))),
        NotFound, Refusals,
    ),
)]
async fn file(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(AsFile { format }): Asked<AsFile>,
    Asked(view): Asked<View>,
) -> Result<Response, Refusal> {
    let format = ExportFormat::from(format);
    let result = found(&shared, &asker, &id).await?.result;
    let kind = match format {
        ExportFormat::Csv => CSV,
        ExportFormat::Parquet => {
            parquet_is_on(&shared, &asker).await?;
            PARQUET
        }
    };
    let request = view.request(&result.columns)?;
    let workbench = &shared.app.workbench;
    // What is wrong with a filter is said before the first byte.
    workbench.page(&result, &request).await?;
    let name = export_name(&result, format, shared.door.clock.now().0);
    let rows = workbench.export(&result, format, &request)?;
    Ok(attachment(rows, kind, &name))
}
