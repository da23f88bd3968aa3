//! States for programs: searched page by page, read with `ETag`, and their history. `write` changes them.
//!
//! A program sees what its person sees: their own states, and with `scope=shared` those that everybody sees.

mod write;

use std::sync::Arc;

use app::{AppError, without_secrets};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use holdfast::{
    Change, HistoryQuery, Kind, Query, Scope, State as Held, StateId, Status, Version,
    search::{Misread, Total},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Asker, Shared, asked::Asked};
use crate::web::Refusal;

/// States or changes of one answer, unless another number is asked for.
const PAGE: usize = 50;
/// The most of them.
const MOST: usize = 500;

/// Whose states are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Whose {
    #[default]
    Own,
    Shared,
}

/// The part of every question that says whose.
#[derive(Debug, Deserialize)]
struct Place {
    #[serde(default)]
    scope: Whose,
}

impl Whose {
    /// The scope to read in; `NoSession` for who has none.
    fn scope(self, asker: &Asker) -> Result<Scope, Refusal> {
        let own = asker.visitor.scope().ok_or(AppError::NoSession)?;
        Ok(match self {
            Self::Own => own,
            Self::Shared => asker.visitor.common(),
        })
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/states", get(list).post(write::register))
        .route(
            "/api/v1/states/{id}",
            get(one)
                .put(write::replace)
                .patch(write::merge)
                .delete(write::delete),
        )
        .route("/api/v1/states/{id}/history", get(history))
        .route("/api/v1/states/{id}/transitions", post(write::transition))
        .route("/api/v1/states/{id}/rollback", post(write::rollback))
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    /// Words and conditions, as on the States page.
    q: String,
    kind: Option<String>,
    status: Option<String>,
    /// A field, `-` before it for the other way round.
    sort: Option<String>,
    limit: Option<usize>,
    /// Where the page before ended.
    after: Option<String>,
}

async fn list(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(place): Asked<Place>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Value>, Refusal> {
    let scope = place.scope.scope(&asker)?;
    let page = shared.app.manager.search(&scope, wanted.query()?).await?;
    let (total, is_exact) = match page.total {
        Total::Exact(total) => (total, true),
        Total::AtLeast(total) => (total, false),
    };
    let states: Vec<Arc<Held>> = page.states.iter().map(without_secrets).collect();
    Ok(Json(json!({
        "states": states, "total": total, "is_exact": is_exact,
        "next": page.next.map(|next| next.to_string()),
    })))
}

impl Wanted {
    fn query(self) -> Result<Query, AppError> {
        let misread = |path: &str| {
            let path = path.to_owned();
            move |misread: Misread| AppError::Invalid {
                path,
                problem: misread.to_string(),
            }
        };
        let mut query: Query = self.q.parse().map_err(misread("q"))?;
        if let Some(kind) = self.kind {
            query = query.kind(&Kind::new(kind));
        }
        if let Some(status) = self.status {
            query = query.status(&Status::new(status));
        }
        if let Some(sort) = self.sort {
            query = query.sort(sort.parse().map_err(misread("sort"))?);
        }
        if let Some(after) = self.after {
            query = query.after(after.parse().map_err(misread("after"))?);
        }
        Ok(query.limit(self.limit.unwrap_or(PAGE).clamp(1, MOST)))
    }
}

async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
) -> Result<Response, Refusal> {
    let (scope, id) = (place.scope.scope(&asker)?, StateId::new(id));
    let found = shared.app.manager.get(&scope, &id).await?;
    let state = found.ok_or(holdfast::Error::Absent { id })?;
    let tag = tag(state.version)?;
    if asker.headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    whole(StatusCode::OK, &state)
}

/// How a history is read.
#[derive(Debug, Deserialize)]
struct Back {
    limit: Option<usize>,
    /// Only versions before this one.
    before: Option<u64>,
}

async fn history(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
    Asked(back): Asked<Back>,
) -> Result<Json<Value>, Refusal> {
    let (scope, id) = (place.scope.scope(&asker)?, StateId::new(id));
    let limit = back.limit.unwrap_or(PAGE).clamp(1, MOST);
    let query = HistoryQuery {
        before: back.before.map(Version),
        ..HistoryQuery::last(limit)
    };
    let changes = shared.app.manager.history(&scope, &id, query).await?;
    if changes.is_empty() && back.before.is_none() {
        return Err(holdfast::Error::Absent { id }.into());
    }
    let next = changes.last().map(|change| change.after.version.0);
    let next = next.filter(|version| changes.len() == limit && *version > 1);
    let changes: Vec<Value> = changes.iter().map(told).collect();
    Ok(Json(json!({ "changes": changes, "next": next })))
}

fn told(change: &Change) -> Value {
    let safe = Change {
        before: change.before.as_ref().map(without_secrets),
        after: without_secrets(&change.after),
        ..change.clone()
    };
    json!({
        "revision": safe.revision.0, "at": safe.at.0, "transition": safe.transition, "actor": safe.actor.name,
        "version": safe.after.version.0, "status": safe.after.status, "digest": safe.after.digest.to_string(),
        "patch": safe.diff().unwrap_or(Value::Null),
    })
}

/// The state, under its version.
fn whole(status: StatusCode, state: &Arc<Held>) -> Result<Response, Refusal> {
    let tag = [(header::ETAG, tag(state.version)?)];
    Ok((status, tag, Json(without_secrets(state))).into_response())
}

fn tag(version: Version) -> Result<HeaderValue, Refusal> {
    let tag = HeaderValue::from_str(&format!("\"{}\"", version.0));
    Ok(tag.map_err(AppError::internal)?)
}
