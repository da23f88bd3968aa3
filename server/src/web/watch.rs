//! What the log is told of requests that were turned away: who came from where, for what, and what they got. For whoever
//! looks for attacks; the target is `security`. Never a cookie, a token, a query or a body.

use app::Visitor;
use axum::{
    extract::{ConnectInfo, Request},
    http::StatusCode,
    middleware::Next,
    response::Response,
};

use super::Connected;

/// Writes a line for each answer that says: not you, not this, not so often, not so much. Who asked is what the session
/// middleware says with the answer.
pub(crate) async fn watch(from: Connected, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    // A path is percent-encoded: it breaks no line.
    let path = request.uri().path().to_owned();
    let address = from.ok().map(|ConnectInfo(address)| address.ip());
    let response = next.run(request).await;
    if is_turned_away(response.status()) {
        let visitor = response.extensions().get::<Visitor>();
        let account = visitor.and_then(|visitor| visitor.account.as_deref());
        tracing::info!(
            target: "security",
            event = "refused",
            status = response.status().as_u16(),
            %method,
            path,
            address = address.map(tracing::field::display),
            account = account.map(|account| account.id.as_str()),
            by_token = visitor.is_some_and(|visitor| visitor.token.is_some()),
        );
    }
    response
}

fn is_turned_away(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::FORBIDDEN
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::UNAUTHORIZED
    )
}
