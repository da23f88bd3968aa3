//! Several states at once, all or nothing, at one place in the log: `POST /api/v1/transactions`.
//!
//! Each step names the version that it saw, as `If-Match` does. Where others were faster nothing is written, and each state that
//! is another now is told, as it is now.

mod step;

use std::{collections::BTreeSet, sync::Arc};

use app::{AppError, without_secrets};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use holdfast::{Change, Error, State as Held, Status};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::step::{Part, Stopped};
use super::{Asker, Shared, told::Shape, writer::Writer};
use crate::{
    api::{
        asked::Sent,
        openapi::{NotFound, Overtaken, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(transact))
}

/// What is to be done, in this order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransactionOrder)]
pub(super) struct Steps {
    /// At least one of them writes.
    #[schema(min_items = 1, max_items = 1000)]
    steps: Vec<Part>,
}

/// What was written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransactionOutcome)]
struct Written {
    /// The place in the log where all of it is: that of its last change.
    revision: u64,
    /// Every change, in the order of the log.
    changes: Vec<Made>,
    /// The states that were written and are there now.
    #[schema(value_type = Vec<Shape>)]
    states: Vec<Arc<Held>>,
}

/// One change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransactionChange)]
struct Made {
    revision: u64,
    id: String,
    transition: String,
    version: u64,
    status: String,
}

/// Change several states at once, or none of them
///
/// Where a state is another than a step saw, nothing is written, and `conflicts` (412) has each of them: `id`, `version` and
/// `state` as it is now, `version` 0 where there is none. Whatever else refuses a step tells in `step` which, counted from 0.
#[utoipa::path(
    post, path = "/api/v1/transactions", operation_id = "transact", tag = "states", request_body = Steps,
    responses((status = 200, description = "All of it is written.", body = Written), WriteRefusals, NotFound, Overtaken),
)]
async fn transact(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(Steps { steps }): Sent<Steps>,
) -> Result<Response, Refusal> {
    if steps.iter().all(|step| matches!(step, Part::Check { .. })) {
        let problem = "at least one step must write; what is only looked at is read with GET";
        return Err(invalid("steps", problem).into());
    }
    let actor = asker.visitor.actor(None).ok_or(AppError::NoSession)?;
    let mut transaction = shared.app.manager.transaction(&actor);
    let mut conflicts = Vec::new();
    for (number, step) in steps.into_iter().enumerate() {
        let place = step.scope();
        let writer = Writer::of(&shared, &asker, place).await?;
        match step.take(&mut transaction, &writer.scope).await {
            Ok(()) => {}
            // The others are asked, too: whoever tries again should know of all of them.
            Err(Stopped::Engine(error @ Error::Conflict { .. })) => conflicts.push(error),
            Err(stopped) => return at_step(number, stopped),
        }
    }
    if !conflicts.is_empty() {
        return Ok(stale(&conflicts));
    }
    match transaction.commit().await {
        Ok(changes) => Ok(Json(Written::of(&changes)).into_response()),
        Err(Error::Conflicts { conflicts }) => Ok(stale(&conflicts)),
        Err(error) => Err(error.into()),
    }
}

impl Written {
    fn of(changes: &[Change]) -> Self {
        let mut known = BTreeSet::new();
        let newest = changes.iter().rev().map(|change| &change.after);
        let mut states: Vec<Arc<Held>> = newest
            .filter(|state| known.insert((state.scope.to_string(), state.id.clone())))
            .filter(|state| state.status != Status::DELETED)
            .map(without_secrets)
            .collect();
        states.reverse();
        Self {
            revision: changes.last().map_or(0, |change| change.revision.0),
            changes: changes.iter().map(Made::from).collect(),
            states,
        }
    }
}

impl From<&Change> for Made {
    fn from(change: &Change) -> Self {
        Self {
            revision: change.revision.0,
            id: change.after.id.to_string(),
            transition: change.transition.to_string(),
            version: change.after.version.0,
            status: change.after.status.to_string(),
        }
    }
}

/// 412, with each state that is another, once.
fn stale(conflicts: &[Error]) -> Response {
    let mut known = BTreeSet::new();
    let told: Vec<Value> = conflicts
        .iter()
        .filter_map(|conflict| match conflict {
            Error::Conflict { id, current, .. } if known.insert(id.clone()) => Some(json!({
                "id": id, "version": current.as_ref().map_or(0, |state| state.version.0),
                "state": current.as_ref().map(|state| without_secrets(state)),
            })),
            _ => None,
        })
        .collect();
    let detail =
        "Nothing was written: others were faster. `conflicts` has each state that is another now.";
    let told = json!({ "error": "stale", "detail": detail, "conflicts": told });
    (StatusCode::PRECONDITION_FAILED, Json(told)).into_response()
}

/// A refusal, and of which step.
fn at_step(number: usize, stopped: Stopped) -> Result<Response, Refusal> {
    let (status, mut told) = match stopped {
        Stopped::Engine(Error::Refused {
            id,
            status,
            transition,
            allowed,
        }) => {
            let told = json!({
                "error": "refused", "id": id, "transition": transition, "from": status, "allowed": allowed,
            });
            (StatusCode::CONFLICT, told)
        }
        Stopped::Engine(error) => written_out(error.into())?,
        Stopped::Here(error) => written_out(error)?,
    };
    if let Value::Object(members) = &mut told {
        members.insert("step".into(), number.into());
    }
    Ok((status, Json(told)).into_response())
}

fn written_out(error: AppError) -> Result<(StatusCode, Value), Refusal> {
    let told = serde_json::to_value(&error).map_err(AppError::internal)?;
    Ok((error.status(), told))
}

fn invalid(path: &str, problem: &str) -> AppError {
    AppError::Invalid {
        path: path.into(),
        problem: problem.into(),
    }
}
