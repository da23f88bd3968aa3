//! States for programs: searched page by page, read with `ETag`, and their history. `write` changes one, `transaction` several at
//! once, `told` is what is answered.
//!
//! A program sees what its person sees: their own states, and with `scope=shared` those that everybody sees.

mod told;
mod transaction;
mod write;
mod writer;

use std::sync::Arc;

use app::{AppError, without_secrets};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use holdfast::{
    HistoryQuery, Kind, Query, Scope, State as Held, StateId, Status, Version,
    search::{Misread, Total},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::told::{Entry, History, Page, Shape, tag, whole};
use super::{
    Asker, Shared,
    asked::Asked,
    openapi::{Id, IfNoneMatch, NotFound, Refusals},
};
use crate::web::Refusal;

/// States or changes of one answer, unless another number is asked for.
const PAGE: usize = 50;
/// The most of them.
const MOST: usize = 500;

/// Whose states are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Whose {
    #[default]
    Own,
    Shared,
}

/// The part of every question that says whose.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Place {
    /// The caller's own states, or everybody's.
    #[serde(default)]
    #[param(inline, default = json!("own"))]
    scope: Whose,
}

impl Whose {
    /// The scope to read in; `NoSession` for who has none.
    pub(super) fn scope(self, asker: &Asker) -> Result<Scope, AppError> {
        let own = asker.visitor.scope().ok_or(AppError::NoSession)?;
        Ok(match self {
            Self::Own => own,
            Self::Shared => asker.visitor.common(),
        })
    }
}

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, write::register))
        .routes(routes!(one, write::replace, write::merge, write::delete))
        .routes(routes!(history))
        .routes(routes!(write::transition))
        .routes(routes!(write::rollback))
        .merge(transaction::routes())
}

/// What is looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Words and conditions, as on the States page.
    q: String,
    kind: Option<String>,
    status: Option<String>,
    /// A field, `-` before it for the other way round.
    sort: Option<String>,
    #[param(minimum = 1, maximum = 500, default = json!(50))]
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Search states
///
/// Own states, or with `scope=shared` everybody's: words, conditions (`data.age>=50`), a sort, and pages by key.
#[utoipa::path(
    get, path = "/api/v1/states", operation_id = "listStates", tag = "states", params(Place, Wanted),
    responses((status = 200, description = "A page.", body = Page), Refusals),
)]
async fn list(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(place): Asked<Place>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Page>, Refusal> {
    let scope = place.scope.scope(&asker)?;
    let page = shared.app.manager.search(&scope, wanted.query()?).await?;
    let (total, is_exact) = match page.total {
        Total::Exact(total) => (total, true),
        Total::AtLeast(total) => (total, false),
    };
    let states: Vec<Arc<Held>> = page.states.iter().map(without_secrets).collect();
    Ok(Json(Page {
        states,
        total,
        is_exact,
        next: page.next.map(|next| next.to_string()),
    }))
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
        Ok(query.limit(page(self.limit)?))
    }
}

/// A state
#[utoipa::path(
    get, path = "/api/v1/states/{id}", operation_id = "getState", tag = "states", params(Id, Place, IfNoneMatch),
    responses(
        (status = 200, description = "The state.", body = Shape, headers(("ETag" = String, description = "Its version, in quotes."))),
        (status = 304, description = "It is as `If-None-Match` says."),
        Refusals, NotFound,
    ),
)]
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
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Back {
    #[param(minimum = 1, maximum = 500, default = json!(50))]
    limit: Option<usize>,
    /// Only versions before this one: `next` of the page before.
    #[param(maximum = 18_446_744_073_709_551_615_u64)]
    before: Option<u64>,
}

/// What was done to a state, the newest first
#[utoipa::path(
    get, path = "/api/v1/states/{id}/history", operation_id = "stateHistory", tag = "states", params(Id, Place, Back),
    responses((status = 200, description = "Changes, each as JSON Patch.", body = History), Refusals, NotFound),
)]
async fn history(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
    Asked(back): Asked<Back>,
) -> Result<Json<History>, Refusal> {
    let (scope, id) = (place.scope.scope(&asker)?, StateId::new(id));
    let limit = page(back.limit)?;
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
    let changes = changes.iter().map(Entry::from);
    Ok(Json(History {
        changes: changes.collect(),
        next,
    }))
}

/// How many are wanted.
fn page(limit: Option<usize>) -> Result<usize, AppError> {
    let limit = limit.unwrap_or(PAGE);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(AppError::Invalid {
        path: "limit".into(),
        problem: format!("must be 1 to {MOST}; `next` leads to the page behind"),
    })
}
