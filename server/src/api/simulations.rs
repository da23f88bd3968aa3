//! Runs that come and go as files: a package out, packages or a trial's table in.

use app::AppError;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State, multipart::Field},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use workbench::{
    data::TableInfo,
    simulation::runs::{Brought, By, MAX_BROUGHT},
};

use super::{
    Asker, Shared,
    asked::Asked,
    incoming::{Incoming, is_multipart, named},
    query::attachment,
    with_cookie,
};
use crate::web::{Problems, Refusal};

const PAGE: &str = "/simulations";
/// What a package is.
pub(super) const ZIP: &str = "application/zip";
/// Bytes of the tags of a form: more than all tags of a run.
const MAX_TAGS: usize = 16 * 1024;

/// What the file is called where it comes from.
#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

/// The run that a package became.
#[derive(Debug, Serialize)]
struct Came {
    id: String,
    name: String,
}

pub(super) fn routes() -> Router<Shared> {
    // The bound is on the file, where it is written.
    Router::new()
        .route("/simulations/{id}/package", get(package))
        .route("/simulations/import", post(import))
        .route("/simulations/table", post(table))
        .layer(DefaultBodyLimit::disable())
}

/// Who asks, to the runs.
pub(super) fn by(asker: &Asker) -> Result<By, AppError> {
    asker.visitor.by().ok_or(AppError::NoSession)
}

/// The same of somebody who may have a new run: asked before a file is received.
pub(super) async fn allowed(shared: &Shared, asker: &Asker) -> Result<By, AppError> {
    let by = by(asker)?;
    shared.app.runs.check_allowed(&by).await?;
    Ok(by)
}

async fn package(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let parcel = shared.app.runs.export(&by(&asker)?, &id).await;
    let parcel = parcel.map_err(AppError::from)?;
    Ok(attachment(parcel.bytes, ZIP, &parcel.name))
}

/// A package as a raw body, or several in a form with the tags that all of them get. A form that asks for JSON is told
/// which runs came in; a plain one is shown the page.
async fn import(
    State(shared): State<Shared>,
    mut asker: Asker,
    request: Request,
) -> Result<Response, Refusal> {
    if is_multipart(request.headers()) {
        let cookie = asker.ensure(&shared).await?;
        let is_told = wants_json(request.headers());
        let done = from_form(&shared, &asker, request).await;
        let answer = match (done, is_told) {
            (Ok(came), true) => Json(came).into_response(),
            (Ok(_), false) => Redirect::to(PAGE).into_response(),
            (Err(error), true) => Refusal::from(error).into_response(),
            (Err(error), false) => problem(&shared, &error),
        };
        return Ok(with_cookie(cookie, answer));
    }
    let (mut parts, body) = request.into_parts();
    let Asked(Named { name }) = axum::RequestPartsExt::extract(&mut parts).await?;
    let came = take_in(&shared, &asker, &name, body.into_data_stream()).await?;
    Ok(Json(came).into_response())
}

async fn take_in<E: std::fmt::Display>(
    shared: &Shared,
    asker: &Asker,
    name: &str,
    body: impl futures::Stream<Item = Result<bytes::Bytes, E>> + Unpin,
) -> Result<Came, AppError> {
    let by = allowed(shared, asker).await?;
    let incoming = Incoming::receive(&shared.app.workbench, named(name)?, body).await?;
    let run = shared.app.runs.import(&by, incoming.path(), name).await?;
    Ok(Came {
        id: run.id,
        name: run.name,
    })
}

async fn from_form(
    shared: &Shared,
    asker: &Asker,
    request: Request,
) -> Result<Vec<Came>, AppError> {
    let broken = |text| AppError::BadRequest(format!("The form did not arrive whole: {text}"));
    let by = allowed(shared, asker).await?;
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|problem| broken(problem.body_text()))?;
    let (mut arrived, mut brought, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|problem| broken(problem.body_text()))?
    {
        if let Some(file) = field.file_name().filter(|name| !name.is_empty()) {
            if brought.len() == MAX_BROUGHT {
                return Err(invalid(
                    "package",
                    format!("at most {MAX_BROUGHT} packages come in together"),
                ));
            }
            let file = file.to_owned();
            let incoming = Incoming::receive(&shared.app.workbench, named(&file)?, field).await?;
            let path = incoming.path().to_owned();
            brought.push(Brought { path, file });
            // What was received is there until it was looked at.
            arrived.push(incoming);
        } else if field.name() == Some("tags") {
            tags = words(field).await?;
        }
    }
    if brought.is_empty() {
        return Err(AppError::BadRequest("Choose a file first.".into()));
    }
    let runs = shared.app.runs.import_all(&by, &brought, &tags).await?;
    drop(arrived);
    let came = runs.into_iter().map(|run| Came {
        id: run.id,
        name: run.name,
    });
    Ok(came.collect())
}

/// The words between the commas of a field.
async fn words(mut field: Field<'_>) -> Result<Vec<String>, AppError> {
    let mut bytes = Vec::new();
    while let Some(piece) = field
        .chunk()
        .await
        .map_err(|problem| AppError::BadRequest(problem.body_text()))?
    {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MAX_TAGS {
            return Err(invalid("tags", format!("at most {MAX_TAGS} bytes")));
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let words = text.split(',').map(str::trim);
    Ok(words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect())
}

/// A trial's table: what its columns are, for the person to say what they mean. It is in no study, and laid aside for them.
async fn table(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(Named { name }): Asked<Named>,
    request: Request,
) -> Result<Json<TableInfo>, Refusal> {
    let workspace = asker.workspace_to_fill(&shared.app).await?;
    let workbench = &shared.app.workbench;
    let body = request.into_body().into_data_stream();
    let incoming = Incoming::receive(workbench, named(&name)?, body).await?;
    let cancel = CancellationToken::new();
    let _when_gone = cancel.clone().drop_guard();
    let table = workbench.import(incoming.path(), &name, &cancel).await?;
    workspace.lay_aside(&table).await?;
    Ok(Json(table))
}

fn invalid(path: &str, problem: String) -> AppError {
    AppError::Invalid {
        path: path.into(),
        problem,
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    let wanted = headers.get(header::ACCEPT);
    wanted.is_some_and(|wanted| wanted.as_bytes().starts_with(b"application/json"))
}

fn problem(shared: &Shared, error: &AppError) -> Response {
    let problems = Problems {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        sentences: vec![error.to_string()],
        back: PAGE,
        stylesheet: shared.app.assets.stylesheet.clone(),
    };
    problems.into_response()
}
