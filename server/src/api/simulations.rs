//! Runs that come and go as files: a package out, a package or a trial's table in.

use app::AppError;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use workbench::{data::TableInfo, simulation::runs::By};

use super::{Asker, Shared, asked::Asked, incoming::Incoming, query::attachment, with_cookie};
use crate::web::{Problems, Refusal};

const PAGE: &str = "/simulations";
/// What a package is.
pub(super) const ZIP: &str = "application/zip";
/// Longest name of a file.
const MAX_NAME: usize = 255;

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
    let visitor = &asker.visitor;
    let person = visitor.person().ok_or(AppError::NoSession)?;
    Ok(By {
        scope: visitor.scope().ok_or(AppError::NoSession)?,
        actor: visitor.actor(None).ok_or(AppError::NoSession)?,
        name: person.name,
    })
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

/// A package as a raw body from a script, or in a plain form.
async fn import(
    State(shared): State<Shared>,
    mut asker: Asker,
    request: Request,
) -> Result<Response, Refusal> {
    if is_multipart(request.headers()) {
        let cookie = asker.ensure(&shared).await?;
        let done = from_form(&shared, &asker, request).await;
        let answer = done.map_or_else(
            |error| problem(&shared, &error),
            |()| Redirect::to(PAGE).into_response(),
        );
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
    let by = by(asker)?;
    let incoming = Incoming::receive(&shared.app.workbench, named(name)?, body).await?;
    let run = shared.app.runs.import(&by, incoming.path(), name).await?;
    Ok(Came {
        id: run.id,
        name: run.name,
    })
}

async fn from_form(shared: &Shared, asker: &Asker, request: Request) -> Result<(), AppError> {
    let broken = |text| AppError::BadRequest(format!("The form did not arrive whole: {text}"));
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|problem| broken(problem.body_text()))?;
    loop {
        let field = form.next_field().await;
        let field = field.map_err(|problem| broken(problem.body_text()))?;
        let field = field.ok_or_else(|| AppError::BadRequest("Choose a file first.".into()))?;
        if let Some(name) = field.file_name().filter(|name| !name.is_empty()) {
            let name = name.to_owned();
            return take_in(shared, asker, &name, field).await.map(drop);
        }
    }
}

/// A trial's table: what its columns are, for the person to say what they mean. It is in no study.
async fn table(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(Named { name }): Asked<Named>,
    request: Request,
) -> Result<Json<TableInfo>, Refusal> {
    by(&asker)?;
    let workbench = &shared.app.workbench;
    let body = request.into_body().into_data_stream();
    let incoming = Incoming::receive(workbench, named(&name)?, body).await?;
    let cancel = CancellationToken::new();
    let _when_gone = cancel.clone().drop_guard();
    Ok(Json(
        workbench.import(incoming.path(), &name, &cancel).await?,
    ))
}

/// The name of a file, if one can have it.
pub(super) fn named(name: &str) -> Result<&str, AppError> {
    if name.is_empty() || name.len() > MAX_NAME {
        let problem = format!("A file's name has 1 to {MAX_NAME} bytes.");
        return Err(AppError::Invalid {
            path: "name".into(),
            problem,
        });
    }
    Ok(name)
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
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
