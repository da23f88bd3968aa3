//! A saved query as files: its parameters as TOML, out and in, and the summary of what each filter leaves.

use app::AppError;
use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State, rejection::BytesRejection},
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::query::{Imported, MAX_PARAMETERS_BYTES, SavedQuery};

use super::{keep, kept, ready, told::named};
use crate::{
    api::{
        Asker, Shared,
        asked::Asked,
        openapi::{NotFound, Refusals, WriteRefusals},
        query::{parameters_in, parameters_out, summary_out},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    let import = OpenApiRouter::default()
        .routes(routes!(import))
        .layer(DefaultBodyLimit::max(MAX_PARAMETERS_BYTES));
    OpenApiRouter::default()
        .merge(import)
        .routes(routes!(parameters))
        .routes(routes!(summary))
}

/// A saved query as a file
///
/// TOML, which another study's Query page and `importQuery` take.
#[utoipa::path(
    get, path = "/api/v1/queries/{id}/parameters", operation_id = "getQueryParameters", tag = "queries",
    params(("id" = String, Path, description = "The query.")),
    responses((status = 200, description = "The parameters.", body = String, content_type = "application/toml"), NotFound, Refusals),
)]
async fn parameters(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let query = kept::one(&asker.caller(&shared), &id).await?;
    let (name, notes) = (Some(query.name), &query.notes);
    Ok(parameters_out(&shared, &asker, &query.spec, name, notes).await?)
}

/// What each filter of a saved query leaves, and what is in its columns
///
/// A ZIP of tables and a text to cite, of the tables as they are now.
#[utoipa::path(
    get, path = "/api/v1/queries/{id}/summary", operation_id = "getQuerySummary", tag = "queries",
    params(("id" = String, Path, description = "The query.")),
    responses((status = 200, description = "The report.", body = String, content_type = "application/zip"), NotFound, Refusals),
)]
async fn summary(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let query = kept::one(&asker.caller(&shared), &id).await?;
    Ok(summary_out(&shared, &asker, &query.spec).await?)
}

/// What an imported query is to be called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Name {
    /// What people call it.
    #[param(min_length = 1, max_length = 80)]
    name: String,
}

/// Keeps the query of a file
///
/// All of it, or nothing: the first part that does not apply to the present tables is told with its line. The Query page takes
/// what applies, because a person sees what was left out.
#[utoipa::path(
    post, path = "/api/v1/queries/import", operation_id = "importQuery", tag = "queries",
    params(Name),
    request_body(content = String, content_type = "application/toml", description = "The parameters."),
    responses(
        (status = 201, description = "The query.", body = SavedQuery, headers(("Location" = String), ("ETag" = String))),
        WriteRefusals,
    ),
)]
async fn import(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(Name { name }): Asked<Name>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let caller = ready(&shared, &asker).await?;
    let name = named(&name)?;
    let Imported {
        spec,
        notes,
        left_out,
        ..
    } = parameters_in(&shared, &asker, &name, body).await?;
    if let Some(part) = left_out.first() {
        return Err(Refusal(AppError::Invalid {
            path: format!("line {}", part.line),
            problem: format!("{}: {}", part.what, part.why),
        }));
    }
    keep(&shared, &caller, name, notes, spec).await
}
