//! What programs are told of states, and its shape for the description of the API.

use std::sync::Arc;

use app::{AppError, without_secrets};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use holdfast::{Change, State as Held, Version};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::web::Refusal;

/// A state as it is sent: the engine's own type, and only how it looks here.
#[derive(ToSchema)]
#[schema(as = State)]
#[expect(dead_code, reason = "a shape: the engine's own type is sent")]
pub(super) struct Shape {
    id: String,
    kind: String,
    name: String,
    status: String,
    /// Any JSON that its kind allows.
    data: Value,
    /// What is known about it: an object, or null.
    metadata: Value,
    #[schema(minimum = 1)]
    version: u64,
    /// The shape of `data`.
    schema_version: u32,
    scope: WhoseShape,
    /// Milliseconds since 1970, as all times.
    created_at: i64,
    updated_at: i64,
    /// When it ends, if it does.
    #[schema(required = true)]
    expires_at: Option<i64>,
    /// Chains this version to the one before.
    digest: String,
}

/// Whose a state is.
#[derive(ToSchema)]
#[schema(as = Scope)]
#[expect(dead_code, reason = "a shape: the engine's own type is sent")]
struct WhoseShape {
    /// `session`, `user`, `tenant` or `shared`.
    r#type: String,
    /// Which; none for `shared`.
    id: Option<String>,
}

/// A page of states.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = States)]
pub(super) struct Page {
    #[schema(value_type = Vec<Shape>)]
    pub(super) states: Vec<Arc<Held>>,
    /// How many there are in all.
    pub(super) total: u64,
    /// Whether there are no more than that.
    pub(super) is_exact: bool,
    /// For `after`, where there is another page.
    #[schema(required = true)]
    pub(super) next: Option<String>,
}

/// A page of a state's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StateHistory)]
pub(super) struct History {
    pub(super) changes: Vec<Entry>,
    /// For `before`, where there is another page.
    #[schema(required = true)]
    pub(super) next: Option<u64>,
}

/// What was done to a state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StateChange)]
pub(super) struct Entry {
    /// Its place in the log.
    revision: u64,
    /// Milliseconds since 1970.
    at: i64,
    transition: String,
    /// In whose name.
    actor: String,
    version: u64,
    status: String,
    digest: String,
    /// What changed, as JSON Patch (RFC 6902); null where a policy has removed the content.
    patch: Value,
}

impl From<&Change> for Entry {
    fn from(change: &Change) -> Self {
        let safe = Change {
            before: change.before.as_ref().map(without_secrets),
            after: without_secrets(&change.after),
            ..change.clone()
        };
        Self {
            revision: safe.revision.0,
            at: safe.at.0,
            transition: safe.transition.to_string(),
            actor: safe.actor.name.clone(),
            version: safe.after.version.0,
            status: safe.after.status.to_string(),
            digest: safe.after.digest.to_string(),
            patch: safe.diff().unwrap_or(Value::Null),
        }
    }
}

/// The state, under its version.
pub(super) fn whole(status: StatusCode, state: &Arc<Held>) -> Result<Response, Refusal> {
    let tag = [(header::ETAG, tag(state.version)?)];
    Ok((status, tag, Json(without_secrets(state))).into_response())
}

/// Refused, with what is there now.
pub(super) fn stale(status: StatusCode, current: Option<&Arc<Held>>) -> Result<Response, Refusal> {
    let version = current.map_or(0, |state| state.version.0);
    let state = current.map(without_secrets);
    let told = json!({ "error": "stale", "version": version, "state": state });
    Ok((status, [(header::ETAG, tag(Version(version))?)], Json(told)).into_response())
}

/// What was written, or what refuses it: with what is there now, or what the lifecycle allows.
pub(super) fn written(outcome: Result<Arc<Held>, holdfast::Error>) -> Result<Response, Refusal> {
    match outcome {
        Ok(state) => whole(StatusCode::OK, &state),
        Err(error) => refused(error),
    }
}

pub(super) fn refused(error: holdfast::Error) -> Result<Response, Refusal> {
    match error {
        holdfast::Error::Conflict { current, .. } => {
            stale(StatusCode::PRECONDITION_FAILED, current.as_deref())
        }
        holdfast::Error::Refused {
            ref status,
            ref transition,
            ref allowed,
            ..
        } => {
            let told = json!({
                "error": "refused", "detail": error.to_string(),
                "transition": transition, "from": status, "allowed": allowed,
            });
            Ok((StatusCode::CONFLICT, Json(told)).into_response())
        }
        error => Err(error.into()),
    }
}

pub(super) fn tag(version: Version) -> Result<HeaderValue, Refusal> {
    let tag = HeaderValue::from_str(&format!("\"{}\"", version.0));
    Ok(tag.map_err(AppError::internal)?)
}
