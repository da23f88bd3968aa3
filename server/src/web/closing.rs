//! The last answer on a connection says that it is the last: whoever keeps connections sends nothing more into that one.
//!
//! A request that is on its way into an idle connection as the server closes it is lost, and a balancer may not send a POST
//! again. So from the signal to stop on every answer ends its connection. What has been idle since before the signal is left
//! to the balancer, whose idle connections have to time out within `server.drain_seconds`. An event stream lasts until the
//! server stops, and nothing can be said at its end: it is the last answer on its connection from the beginning.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Version, header},
    middleware::Next,
    response::Response,
};
use tokio_util::sync::CancellationToken;

use super::headers::is_of_kind;

/// Ends the connection behind the last answer. In HTTP/2 the protocol says it and the header is forbidden; a connection that
/// becomes a socket is never used again.
pub(crate) async fn closing(
    State(draining): State<CancellationToken>,
    request: Request,
    next: Next,
) -> Response {
    let is_http1 = request.version() < Version::HTTP_2;
    let mut response = next.run(request).await;
    let becomes_socket = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    let is_last = draining.is_cancelled() || is_of_kind(response.headers(), "text/event-stream");
    if is_http1 && is_last && !becomes_socket {
        let close = HeaderValue::from_static("close");
        response.headers_mut().append(header::CONNECTION, close);
    }
    response
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    /// What the answer says about its connection.
    async fn told(path: &str, version: Version, is_draining: bool) -> Vec<String> {
        let draining = CancellationToken::new();
        if is_draining {
            draining.cancel();
        }
        let stream = [(header::CONTENT_TYPE, "text/event-stream")];
        let upgrade = [(header::CONNECTION, "upgrade")];
        let socket = (StatusCode::SWITCHING_PROTOCOLS, upgrade.clone());
        let no_socket = (StatusCode::UPGRADE_REQUIRED, upgrade);
        let router: Router = Router::new()
            .route("/", get("here"))
            .route("/events", get(stream))
            .route("/socket", get(socket))
            .route("/no-socket", get(no_socket))
            .layer(from_fn_with_state(draining, closing));
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().unwrap();
        *request.version_mut() = version;
        let response = router.oneshot(request).await.unwrap();
        let values = response.headers().get_all(header::CONNECTION).iter();
        values
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    #[tokio::test]
    async fn connections_are_kept_until_the_server_is_asked_to_stop_and_end_with_their_answer_then()
    {
        let none: [&str; 0] = [];
        assert_eq!(told("/", Version::HTTP_11, false).await, none);
        assert_eq!(told("/", Version::HTTP_11, true).await, ["close"]);
        assert_eq!(told("/", Version::HTTP_10, true).await, ["close"]);
        // What no route answers is answered, too.
        assert_eq!(told("/nowhere", Version::HTTP_11, true).await, ["close"]);
        let refused = told("/no-socket", Version::HTTP_11, true).await;
        assert_eq!(refused, ["upgrade", "close"]);
    }

    #[tokio::test]
    async fn an_event_stream_is_the_last_answer_on_its_connection_at_any_time() {
        for is_draining in [false, true] {
            let told = told("/events", Version::HTTP_11, is_draining).await;
            assert_eq!(told, ["close"]);
        }
    }

    #[tokio::test]
    async fn sockets_and_http_2_are_left_as_they_are() {
        let none: [&str; 0] = [];
        assert_eq!(told("/", Version::HTTP_2, true).await, none);
        assert_eq!(told("/events", Version::HTTP_2, true).await, none);
        assert_eq!(told("/socket", Version::HTTP_11, true).await, ["upgrade"]);
    }
}
