//! What is refused about runs: what every area refuses, and a step that the run does not allow where it stands.

use std::collections::BTreeMap;

use app::AppError;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa::{
    IntoResponses,
    openapi::{Ref, RefOr, Response as Described},
};
use workbench::simulation::{OrderError, runs::RunsError};

use crate::web::Refusal;

/// Why not.
pub(super) enum Refused {
    /// As everywhere.
    Plainly(Refusal),
    /// 409. It is not over yet, or over already, or has no results, or somebody else was faster: in words.
    Step(String),
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::Plainly(Refusal(error))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Plainly(refusal)
    }
}

impl From<RunsError> for Refused {
    fn from(error: RunsError) -> Self {
        match error {
            RunsError::Pending(_)
            | RunsError::Over { .. }
            | RunsError::NoResults { .. }
            | RunsError::Changed(_) => Self::Step(error.to_string()),
            error => AppError::from(error).into(),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Plainly(refusal) => refusal.into_response(),
            Self::Step(detail) => {
                let told = json!({ "error": "refused", "detail": detail });
                (StatusCode::CONFLICT, Json(told)).into_response()
            }
        }
    }
}

/// A field as it is called here.
pub(super) fn called(theirs: &str, ours: &'static str, error: RunsError) -> RunsError {
    match error {
        RunsError::Order(OrderError { field, problem }) if field == theirs => {
            RunsError::Order(OrderError {
                field: ours,
                problem,
            })
        }
        error => error,
    }
}

/// For the description: the results of a run that is not over, or has none, cannot be read.
pub(super) struct Unfinished;

impl IntoResponses for Unfinished {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let conflict = Ref::new("#/components/responses/Conflict");
        BTreeMap::from([("409".to_owned(), RefOr::Ref(conflict))])
    }
}
