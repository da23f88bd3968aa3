//! `POST /data/upload`: a file comes in, as a raw body from a script or in a plain form.
//!
//! A script sends one file a request, so bytes sent are its progress and going away cancels it.
//! A form sends several; each is on its own, and a bad one does not stop the others.

use app::AppError;
use axum::{
    Json, Router,
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request, State,
        multipart::{Field, MultipartError},
    },
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use workbench::{
    data::{Answer, Outcome},
    workspace::Workspace,
};

use super::{
    Asker, Shared,
    asked::Asked,
    data::PAGE,
    incoming::{Incoming, is_multipart, named},
    with_cookie,
};
use crate::web::{Problems, Refusal};

/// Longest answer in a form: `replace`, with room.
const MAX_ANSWER: usize = 16;

/// What to do with a name that is taken; without it the import waits and the answer asks.
#[derive(Debug, Deserialize)]
struct Named {
    name: Option<String>,
    answer: Option<Answer>,
}

pub(super) fn routes() -> Router<Shared> {
    // The bound is on each file, where it is written.
    Router::new()
        .route("/data/upload", post(upload))
        .layer(DefaultBodyLimit::disable())
}

async fn upload(
    State(shared): State<Shared>,
    mut asker: Asker,
    Asked(named): Asked<Named>,
    request: Request,
) -> Result<Response, Refusal> {
    if is_multipart(request.headers()) {
        let cookie = asker.ensure(&shared).await?;
        let workspace = asker.workspace_to_fill(&shared.app).await?;
        return Ok(from_form(&shared, &workspace, cookie, request).await);
    }
    let workspace = asker.workspace_to_fill(&shared.app).await?;
    let name = named.name.ok_or_else(|| {
        AppError::BadRequest("`name` is missing: /data/upload?name=<file>.".into())
    })?;
    let body = request.into_body().into_data_stream();
    Ok(Json(take_in(&workspace, &name, named.answer, body).await?).into_response())
}

/// To the disk, then into the study. Whoever goes away meanwhile cancels.
pub(super) async fn take_in<E: std::fmt::Display>(
    workspace: &Workspace,
    name: &str,
    answer: Option<Answer>,
    body: impl futures::Stream<Item = Result<bytes::Bytes, E>> + Unpin,
) -> Result<Outcome, AppError> {
    let incoming = Incoming::receive(workspace.workbench(), named(name)?, body).await?;
    let cancel = CancellationToken::new();
    let _when_gone = cancel.clone().drop_guard();
    Ok(workspace
        .import(incoming.path(), name, answer, &cancel)
        .await?)
}

async fn from_form(
    shared: &Shared,
    workspace: &Workspace,
    cookie: Option<HeaderValue>,
    request: Request,
) -> Response {
    let sentences = match Multipart::from_request(request, &()).await {
        Ok(form) => files_of(workspace, form, shared.app.limits.files).await,
        Err(problem) => vec![problem.body_text()],
    };
    if sentences.is_empty() {
        return with_cookie(cookie, Redirect::to(PAGE));
    }
    let problems = Problems {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        sentences,
        back: PAGE,
        stylesheet: shared.app.assets.stylesheet.clone(),
    };
    with_cookie(cookie, problems)
}

/// Takes each file in; what a person should know of those that did not simply go in.
async fn files_of(workspace: &Workspace, mut form: Multipart, limit: u32) -> Vec<String> {
    let mut sentences = Vec::new();
    let (mut answer, mut count) = (None, 0);
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return sentences,
            Err(problem) => {
                sentences.push(broken(&problem));
                return sentences;
            }
        };
        if field.name() == Some("answer") {
            answer = answer_in(field).await;
            continue;
        }
        // A file input that was left empty sends a nameless file.
        let Some(name) = field
            .file_name()
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
        else {
            continue;
        };
        count += 1;
        if count > limit {
            sentences.push(format!(
                "{name}: this server takes {limit} files at a time (data.files)."
            ));
            return sentences;
        }
        sentences.extend(one(workspace, &name, answer, field).await);
    }
}

async fn one(
    workspace: &Workspace,
    name: &str,
    answer: Option<Answer>,
    field: Field<'_>,
) -> Option<String> {
    match take_in(workspace, name, answer, field).await {
        Ok(Outcome::Imported { .. } | Outcome::Skipped) => None,
        Ok(Outcome::Unchanged { table }) => Some(format!(
            "{name}: the same content is there already, as {table}."
        )),
        Ok(Outcome::Duplicate { import }) => Some(format!(
            "{name}: there is another table {}. Choose on the Data page whether to replace it.",
            import.table_name
        )),
        Err(error) => Some(error.to_string()),
    }
}

/// The answer in a form's field. Read piece by piece: a field could be longer than memory.
async fn answer_in(mut field: Field<'_>) -> Option<Answer> {
    let mut text = Vec::new();
    while let Ok(Some(piece)) = field.chunk().await {
        if text.len() + piece.len() > MAX_ANSWER {
            return None;
        }
        text.extend_from_slice(&piece);
    }
    Answer::deserialize(Value::String(String::from_utf8(text).ok()?)).ok()
}

fn broken(problem: &MultipartError) -> String {
    format!("The form did not arrive whole: {}", problem.body_text())
}
