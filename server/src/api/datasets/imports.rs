//! Files that become tables: a raw body under a name, as the Data page sends it. One whose name is taken by other content
//! waits for an answer, unless it came with one.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::data::{Answer, Import, Outcome, TableInfo};

use crate::{
    api::{
        Asker, Shared,
        asked::{Asked, Sent},
        openapi::{NotFound, Refusals, WriteRefusals},
        upload::take_in,
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    // The bound is on the file, where it is written.
    let files = OpenApiRouter::default()
        .routes(routes!(import))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::default()
        .merge(files)
        .routes(routes!(waiting))
        .routes(routes!(answer))
}

/// What the file is called, and what to do where its name is taken.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Named {
    /// The file's name, with its extension; the table is called by it.
    #[param(min_length = 1, max_length = 255, example = "labs.csv")]
    name: String,
    /// What to do where a table of that name has other content; without it the import waits, and the answer is 202.
    #[param(inline)]
    answer: Option<Answer>,
}

/// A file, byte by byte.
#[derive(ToSchema)]
#[schema(as = TableFile, value_type = String, format = Binary)]
#[expect(dead_code, reason = "says what the body is; it is never in memory")]
struct File(Vec<u8>);

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportOutcome)]
struct Became {
    /// `imported`, `unchanged` (the same content is there already), `duplicate` (it waits for an answer) or `skipped`.
    outcome: &'static str,
    /// The table's name.
    table: Option<String>,
    /// What is known of it, when it was imported.
    imported: Option<TableInfo>,
    /// The question, when it waits.
    import: Option<Import>,
}

/// Imports a file as a table
///
/// The body is the file: comma, semicolon, pipe or tab separated text, JSON lines or Parquet; what it is, is found out. It
/// is streamed to the disk, and appears whole or not at all.
#[utoipa::path(
    post, path = "/api/v1/tables", operation_id = "importTable", tag = "datasets",
    params(Named),
    request_body(content = File, content_type = "application/octet-stream", description = "The file."),
    responses(
        (status = 201, description = "It is in the study.", body = Became, headers(("Location" = String))),
        (status = 200, description = "It was there already, or was left out as asked.", body = Became),
        (status = 202, description = "The name is taken: it waits for an answer, for a day.", body = Became),
        WriteRefusals,
    ),
)]
async fn import(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(named): Asked<Named>,
    request: Request,
) -> Result<Response, Refusal> {
    let workspace = asker.workspace_to_fill(&shared.app).await?;
    let body = request.into_body().into_data_stream();
    let outcome = take_in(&workspace, &named.name, named.answer, body).await?;
    Ok(told(outcome))
}

/// Imports that wait for an answer
#[utoipa::path(
    get, path = "/api/v1/imports", operation_id = "listImports", tag = "datasets",
    responses((status = 200, description = "The imports.", body = Vec<Import>), Refusals),
)]
async fn waiting(State(shared): State<Shared>, asker: Asker) -> Result<Json<Vec<Import>>, Refusal> {
    Ok(Json(asker.workspace(&shared.app)?.open_imports().await?))
}

/// What to do with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportAnswer)]
struct Settled {
    answer: Answer,
}

/// Answers an import that waits
#[utoipa::path(
    post, path = "/api/v1/imports/{id}", operation_id = "answerImport", tag = "datasets",
    params(("id" = String, Path, description = "The import.")),
    request_body = Settled,
    responses(
        (status = 201, description = "It is in the study.", body = Became, headers(("Location" = String))),
        (status = 200, description = "It was left out.", body = Became),
        NotFound, WriteRefusals,
    ),
)]
async fn answer(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(Settled { answer }): Sent<Settled>,
) -> Result<Response, Refusal> {
    let workspace = asker.workspace(&shared.app)?;
    Ok(told(workspace.answer_import(&id, answer).await?))
}

fn told(outcome: Outcome) -> Response {
    let mut became = Became {
        outcome: "skipped",
        table: None,
        imported: None,
        import: None,
    };
    let mut status = StatusCode::OK;
    let mut place = None;
    match outcome {
        Outcome::Imported { table } => {
            status = StatusCode::CREATED;
            place = Some(place_of(&table.name));
            became.outcome = "imported";
            became.table = Some(table.name.clone());
            became.imported = Some(*table);
        }
        Outcome::Unchanged { table } => {
            became.outcome = "unchanged";
            became.table = Some(table);
        }
        Outcome::Duplicate { import } => {
            status = StatusCode::ACCEPTED;
            became.outcome = "duplicate";
            became.table = Some(import.table_name.clone());
            became.import = Some(import);
        }
        Outcome::Skipped => {}
    }
    match place {
        Some(place) => (status, [(header::LOCATION, place)], Json(became)).into_response(),
        None => (status, Json(became)).into_response(),
    }
}

fn place_of(table: &str) -> String {
    let name = utf8_percent_encode(table, NON_ALPHANUMERIC);
    format!("/api/v1/tables/{name}")
}
