//! The span around a request, for traces: what was asked for, without its query. And what is said of one that fails.

use std::time::Duration;

use axum::extract::Request;
use tower_http::{
    classify::ServerErrorsFailureClass,
    trace::{DefaultOnFailure, OnFailure},
};
use tracing::Span;

/// Of this request.
pub(crate) fn span(request: &Request) -> Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}

/// Says that a request failed. A response that is broken off is nobody's failure: its reader went away, or was too slow.
pub(crate) fn failed(failure: ServerErrorsFailureClass, after: Duration, span: &Span) {
    match failure {
        ServerErrorsFailureClass::Error(error) => {
            tracing::debug!(%error, ?after, "a response was broken off");
        }
        answered => DefaultOnFailure::new().on_failure(answered, after, span),
    }
}
