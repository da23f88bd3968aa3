//! Another site cannot act in a person's name: whatever may change something must come from our
//! own pages. Nothing changes state on GET, so GET and HEAD pass; but not where they open a WebSocket, which browsers
//! let any site do, cookies and all, and read.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, and on plain http to another
//! computer in `Origin`; scripts cannot forge either. A request that says neither is refused.

use std::sync::Arc;

use app::AppError;
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::sessions::bearer;

/// Hosts that are ours besides the one a request names: what people type, behind a proxy.
#[derive(Debug, Clone)]
pub(crate) struct OwnHosts(pub(crate) Option<Arc<str>>);

/// Refuses what another site sent.
pub(crate) async fn own_origin(
    State(hosts): State<OwnHosts>,
    request: Request,
    next: Next,
) -> Response {
    let is_reading =
        matches!(*request.method(), Method::GET | Method::HEAD) && !opens_socket(request.headers());
    // No browser sends a token by itself, so no other site can make it.
    let is_program = bearer(request.uri().path(), request.headers()).is_some();
    let named = request.uri().authority().map(Authority::as_str);
    if is_reading || is_program || is_own(request.headers(), named, &hosts) {
        return next.run(request).await;
    }
    let problem = AppError::BadRequest(
        "This request did not come from a page of this server. Open the page and try there \
         (a program sends `Origin` with this server's address)."
            .into(),
    );
    (StatusCode::FORBIDDEN, Json(problem)).into_response()
}

fn opens_socket(headers: &HeaderMap) -> bool {
    let wanted = headers.get_all(header::UPGRADE).into_iter();
    wanted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
}

fn is_own(headers: &HeaderMap, named: Option<&str>, hosts: &OwnHosts) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or(""))
    };
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    let Some((_, origin)) = text(header::ORIGIN).and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    // HTTP/2 names the host in the address, HTTP/1.1 in a header.
    let host = named.or_else(|| text(header::HOST));
    host == Some(origin) || hosts.0.as_deref() == Some(origin)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn passes(headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        is_own(&map, None, &OwnHosts(Some("data.lab.org".into())))
    }

    #[test]
    fn a_host_in_the_address_counts_as_one_in_the_header() {
        let mut map = HeaderMap::new();
        map.insert(header::ORIGIN, "http://127.0.0.1:3000".parse().unwrap());
        let passes = |named| is_own(&map, named, &OwnHosts(None));
        assert!(passes(Some("127.0.0.1:3000")));
        assert!(!passes(Some("127.0.0.1:4000")));
        assert!(!passes(None));
    }

    #[test]
    fn the_browsers_own_word_decides() {
        assert!(passes(&[("sec-fetch-site", "same-origin")]));
        assert!(passes(&[("sec-fetch-site", "none")]));
        assert!(!passes(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://a"),
            ("host", "a")
        ]));
        assert!(!passes(&[("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn without_it_the_origin_must_be_this_host_or_the_public_one() {
        assert!(passes(&[
            ("origin", "http://127.0.0.1:3000"),
            ("host", "127.0.0.1:3000")
        ]));
        assert!(passes(&[
            ("origin", "https://data.lab.org"),
            ("host", "10.0.0.7:3000")
        ]));
        assert!(!passes(&[
            ("origin", "http://127.0.0.1:4000"),
            ("host", "127.0.0.1:3000")
        ]));
        assert!(!passes(&[("origin", "null"), ("host", "127.0.0.1:3000")]));
        assert!(!passes(&[("host", "127.0.0.1:3000")]));
        assert!(!passes(&[]));
    }

    #[test]
    fn a_socket_is_known_however_it_is_asked_for() {
        for (value, is_one) in [
            ("websocket", true),
            ("h2c, WebSocket", true),
            ("h2c", false),
            ("websockets", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::UPGRADE, value.parse().unwrap());
            assert_eq!(opens_socket(&headers), is_one, "{value}");
        }
        assert!(!opens_socket(&HeaderMap::new()));
    }
}
