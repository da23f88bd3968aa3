//! Files about a query: its summary and its parameters go out, parameters come in. The query comes with the request, as
//! the page has it, so that what goes out is what is on screen; nothing is kept, and nothing is changed.

use app::{AppError, tables_of};
use axum::{
    Form, Json, Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, State,
        rejection::{BytesRejection, FormRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use futures::stream;
use serde::Deserialize;
use workbench::{
    Study,
    query::{Imported, MAX_PARAMETERS_BYTES, MergeSpec, parameters_file, query_name, saved_name},
    workspace::study_of,
};

use super::{
    super::{Asker, Shared, asked::Asked, plain_forms::answer_form},
    PAGE, attachment, from_json,
};
use crate::{sessions::is_plain_form, web::Refusal};

/// Bytes of a file's name, which is only repeated.
const MAX_NAME: usize = 255;
/// Characters of a note: what the page takes.
const MAX_NOTES: usize = 1_000;

/// A query as JSON; of a saved one, its name and notes.
#[derive(Debug, Deserialize)]
struct Told {
    query: String,
    name: Option<String>,
    notes: Option<String>,
}

type Sent = Result<Form<Told>, FormRejection>;

/// A file's name.
#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

pub(super) fn routes() -> Router<Shared> {
    let import = post(import).layer(DefaultBodyLimit::max(MAX_PARAMETERS_BYTES));
    Router::new()
        .route("/query/summary.zip", post(summary))
        .route("/query/parameters.toml", post(parameters))
        .route("/query/import", import)
}

/// What each filter left and what is in the columns, as a ZIP.
async fn summary(State(shared): State<Shared>, asker: Asker, sent: Sent) -> Response {
    let made = async { summary_out(&shared, &asker, &told(sent)?.1).await };
    or_refused(&shared, &asker, made.await)
}

/// The query as TOML.
async fn parameters(State(shared): State<Shared>, asker: Asker, sent: Sent) -> Response {
    let made = async {
        let (told, spec) = told(sent)?;
        let notes: String = told.notes.unwrap_or_default();
        let notes: String = notes.chars().take(MAX_NOTES).collect();
        parameters_out(&shared, &asker, &spec, told.name, &notes).await
    };
    or_refused(&shared, &asker, made.await)
}

/// A file of parameters, as a raw body: what of it applies, and what does not.
async fn import(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(Named { name }): Asked<Named>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Imported>, Refusal> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(Refusal(AppError::Invalid {
            path: "name".into(),
            problem: format!("A file's name has 1 to {MAX_NAME} bytes."),
        }));
    }
    Ok(Json(parameters_in(&shared, &asker, &name, body).await?))
}

/// The summary of a query, as a download.
pub(in crate::api) async fn summary_out(
    shared: &Shared,
    asker: &Asker,
    spec: &MergeSpec,
) -> Result<Response, AppError> {
    let study = study(shared, asker).await?;
    let now = shared.door.clock.now().0;
    let summary = shared.app.workbench.summary(&study, spec, now).await?;
    let name = summary.name();
    Ok(attachment(summary.into_stream(), "application/zip", &name))
}

/// The parameters of a query, as a download: under its name, if it has one.
pub(in crate::api) async fn parameters_out(
    shared: &Shared,
    asker: &Asker,
    spec: &MergeSpec,
    name: Option<String>,
    notes: &str,
) -> Result<Response, AppError> {
    let now = shared.door.clock.now().0;
    let text = parameters_file(spec, notes, now)?;
    let name = match name.filter(|name| !name.trim().is_empty()) {
        Some(name) => saved_name(&name, now),
        None => query_name(&study(shared, asker).await?, spec, "toml", now),
    };
    let text = stream::once(async { Ok::<_, std::io::Error>(Bytes::from(text)) });
    Ok(attachment(text, "application/toml", &name))
}

/// What of a file of parameters applies to the present tables, and what does not.
pub(in crate::api) async fn parameters_in(
    shared: &Shared,
    asker: &Asker,
    name: &str,
    body: Result<Bytes, BytesRejection>,
) -> Result<Imported, AppError> {
    let bytes = body.map_err(|problem| match problem.status() {
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge(format!(
            "This is no query: a file of one has at most {MAX_PARAMETERS_BYTES} bytes."
        )),
        _ => AppError::BadRequest(format!("{name} did not arrive whole.")),
    })?;
    let study = study(shared, asker).await?;
    let workbench = &shared.app.workbench;
    Ok(workbench.read_parameters(&study, name, bytes).await?)
}

async fn study(shared: &Shared, asker: &Asker) -> Result<Study, AppError> {
    let tables = tables_of(&shared.app, &asker.visitor).await?;
    Ok(study_of(tables)?)
}

fn told(sent: Sent) -> Result<(Told, MergeSpec), AppError> {
    let Form(told) = sent.map_err(|problem| match problem.status() {
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge("This query is too large.".into()),
        _ => AppError::BadRequest(problem.body_text()),
    })?;
    let spec = from_json("query", Some(&told.query))?;
    let missing = || AppError::Invalid {
        path: "query".into(),
        problem: "there is no query".into(),
    };
    Ok((told, spec.ok_or_else(missing)?))
}

/// The file, or why there is none: as a page for a person, typed for a program.
fn or_refused(shared: &Shared, asker: &Asker, made: Result<Response, AppError>) -> Response {
    match made {
        Ok(file) => file,
        Err(error) if is_plain_form(&asker.headers) => {
            answer_form(shared, None, Err(error), PAGE, ())
        }
        Err(error) => Refusal(error).into_response(),
    }
}
