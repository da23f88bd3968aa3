//! The span around a request, for traces: what was asked for, without its query.

use axum::http::Request;
use tracing::Span;

/// Of this request.
pub(crate) fn span<B>(request: &Request<B>) -> Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}
