//! Runs that come and go as files: a package out, a package in, the arms of a trial's table in.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};
use workbench::simulation::trial::Mapping;

use super::{
    Asker, Shared, by, made,
    origin::TimeKind,
    refused::{Refused, Unfinished, called},
    tables::File,
    types::Run,
};
use crate::api::{
    asked::Asked,
    incoming::{Incoming, named},
    openapi::{NotFound, Refusals, WriteRefusals},
    query::attachment,
    simulations::{ZIP, allowed},
};

/// What the file is called where it comes from.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Named {
    /// What the file is called where it comes from; 255 bytes at most.
    #[param(min_length = 1, max_length = 255)]
    name: String,
}

/// Which column of a trial's table means what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Columns {
    /// What the table's file is called where it comes from, with its ending; 255 bytes at most.
    #[param(min_length = 1, max_length = 255)]
    name: String,
    /// The column that says whose row it is.
    patient: String,
    /// The column that says when it was.
    time: String,
    /// What that column holds: days unless it is said.
    #[serde(default)]
    #[param(inline)]
    time_is: TimeKind,
    /// The column of what was measured: it stands where a simulated run has vision.
    measure: String,
    /// The column that says whether there was an injection.
    injected: Option<String>,
    /// The column that says which arm a patient is in: each becomes a run of its own.
    arm: Option<String>,
}

/// Tags of what comes in.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Tags {
    /// A word to find the runs by; several times for several.
    #[param(required = false)]
    tag: Vec<String>,
}

/// The runs that a trial became.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrialArms)]
pub(super) struct Arms {
    /// One for each arm.
    runs: Vec<Run>,
}

/// A completed run of one's own as one file that travels
#[utoipa::path(
    get, path = "/api/v1/runs/{id}/package", operation_id = "getRunPackage", tag = "runs",
    params(("id" = String, Path, description = "The run.")),
    responses(
        (status = 200, description = "The package.", body = File, content_type = "application/zip"),
        Refusals, NotFound, Unfinished,
    ),
)]
pub(super) async fn package_out(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let parcel = shared.app.runs.export(&by(&asker)?, &id).await?;
    Ok(attachment(parcel.bytes, ZIP, &parcel.name))
}

/// Takes a package in as a run of its own, verified before it is kept
#[utoipa::path(
    post, path = "/api/v1/runs/packages", operation_id = "importRun", tag = "runs",
    params(Named),
    request_body(content = File, content_type = "application/octet-stream", description = "The package."),
    responses(
        (status = 201, description = "The run.", body = Run, headers(
            ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."),
        )),
        WriteRefusals,
    ),
)]
pub(super) async fn package_in(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(Named { name }): Asked<Named>,
    body: Body,
) -> Result<Response, Refused> {
    let by = allowed(&shared, &asker).await?;
    let body = body.into_data_stream();
    let incoming = Incoming::receive(&shared.app.workbench, named(&name)?, body).await?;
    made(shared.app.runs.import(&by, incoming.path(), &name).await?)
}

/// Takes a trial's table in: a run for each of its arms, all of them or none
#[utoipa::path(
    post, path = "/api/v1/runs/trials", operation_id = "importTrial", tag = "runs",
    params(Columns, Tags),
    request_body(content = File, content_type = "application/octet-stream", description = "The table: CSV, Parquet, JSON lines."),
    responses((status = 201, description = "A run for each arm.", body = Arms), WriteRefusals),
)]
pub(super) async fn trial_in(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(columns): Asked<Columns>,
    Asked(pairs): Asked<Vec<(String, String)>>,
    body: Body,
) -> Result<Response, Refused> {
    let by = allowed(&shared, &asker).await?;
    let Tags { tag } = Tags::of(pairs);
    let (workbench, name) = (&shared.app.workbench, named(&columns.name)?.to_owned());
    let incoming = Incoming::receive(workbench, &name, body.into_data_stream()).await?;
    let cancel = CancellationToken::new();
    let _when_gone = cancel.clone().drop_guard();
    let table = workbench.import(incoming.path(), &name, &cancel).await;
    let table = table.map_err(app::AppError::from)?;
    let (path, what) = (
        workbench.table_path(&table.id),
        format!("The table {}", table.name),
    );
    let path = workbench.bring(path, &what).await;
    let path = path.map_err(app::AppError::from)?;
    let runs = &shared.app.runs;
    let came = runs
        .import_trial(&by, &path, &table, &columns.mapping(), &tag)
        .await;
    let came = came.map_err(|error| called("tags", "tag", error))?;
    let told = Arms {
        runs: came.into_iter().map(|run| Run::of(run, true)).collect(),
    };
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

impl Columns {
    fn mapping(self) -> Mapping {
        let given = |column: Option<String>| column.filter(|column| !column.is_empty());
        Mapping {
            patient: self.patient,
            time: self.time,
            time_is: self.time_is.into(),
            measure: self.measure,
            injected: given(self.injected),
            arm: given(self.arm),
        }
    }
}

impl Tags {
    fn of(pairs: Vec<(String, String)>) -> Self {
        let tags = pairs.into_iter().filter(|(name, _)| name == "tag");
        Self {
            tag: tags.map(|(_, tag)| tag).collect(),
        }
    }
}
