//! The span around a request, for traces: what was asked for, without its query.

use axum::extract::Request;
use tracing::Span;

/// Of this request.
pub(crate) fn span(request: &Request) -> Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}
