//! A completed run's patients and visits as files, made while they are sent.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use workbench::{query::ExportFormat, simulation::tables::RunTable};

use super::{
    Asker, Shared, by,
    refused::{Refused, Unfinished},
};
use crate::api::{
    asked::Asked,
    openapi::{NotFound, Refusals},
    query::{CSV, attachment},
};

const PARQUET: &str = "application/vnd.apache.parquet";

/// A file's bytes.
#[derive(ToSchema)]
#[schema(as = FileBytes, value_type = String, format = Binary)]
#[expect(
    dead_code,
    reason = "it is in the description only: files are streamed"
)]
pub(super) struct File(Vec<u8>);

/// As what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = TableFormat)]
pub(super) enum FileKind {
    /// As it is stored.
    #[default]
    Parquet,
    /// UTF-8 with a head; dates as `YYYY-MM-DD`, missing cells empty.
    Csv,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Download {
    /// As what; Parquet unless it is said.
    #[param(inline)]
    format: FileKind,
}

/// The table of patients of a completed run
#[utoipa::path(
    get, path = "/api/v1/runs/{id}/patients", operation_id = "getRunPatients", tag = "runs",
    params(("id" = String, Path, description = "The run."), Download),
    responses(
        (status = 200, description = "The table.", content((File = "application/vnd.apache.parquet"), (String = "text/csv"))),
        Refusals, NotFound, Unfinished,
    ),
)]
pub(super) async fn patients(
    shared: State<Shared>,
    asker: Asker,
    id: Path<String>,
    Asked(what): Asked<Download>,
) -> Result<Response, Refused> {
    table(shared, asker, id, RunTable::Patients, what.format).await
}

/// The table of visits of a completed run
#[utoipa::path(
    get, path = "/api/v1/runs/{id}/visits", operation_id = "getRunVisits", tag = "runs",
    params(("id" = String, Path, description = "The run."), Download),
    responses(
        (status = 200, description = "The table.", content((File = "application/vnd.apache.parquet"), (String = "text/csv"))),
        Refusals, NotFound, Unfinished,
    ),
)]
pub(super) async fn visits(
    shared: State<Shared>,
    asker: Asker,
    id: Path<String>,
    Asked(what): Asked<Download>,
) -> Result<Response, Refused> {
    table(shared, asker, id, RunTable::Visits, what.format).await
}

async fn table(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    table: RunTable,
    kind: FileKind,
) -> Result<Response, Refused> {
    let (format, kind) = match kind {
        FileKind::Parquet => (ExportFormat::Parquet, PARQUET),
        FileKind::Csv => (ExportFormat::Csv, CSV),
    };
    let runs = &shared.app.runs;
    let parcel = runs.download(&by(&asker)?, &id, table, format).await?;
    Ok(attachment(parcel.bytes, kind, &parcel.name))
}
