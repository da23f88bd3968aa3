//! Headers that protect and advise: on every answer, and the policy that a page's nonce goes into.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// Colours of the system, asked for at once: a dark page is dark from its first byte.
const COLOUR_SCHEME: &str = "Sec-CH-Prefers-Color-Scheme";
/// For answers that set no policy of their own: they have no scripts.
const NO_SCRIPTS: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                          form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a page may load and do. `style-src-attr`: charts and tables place things by `style`; the editor of
/// configurations brings its styles under the nonce.
pub(crate) fn policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

/// Adds what every answer carries. `is_https`: whether browsers come over https.
pub(crate) async fn headers(
    State(is_https): State<bool>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    if is_html(headers) {
        headers.insert("accept-ch", HeaderValue::from_static(COLOUR_SCHEME));
        headers.insert("critical-ch", HeaderValue::from_static(COLOUR_SCHEME));
        headers.append(header::VARY, HeaderValue::from_static(COLOUR_SCHEME));
        headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NO_SCRIPTS));
    // Answers are a person's own unless the route said otherwise; `no-cache` keeps the back
    // button's memory of the page working, where `no-store` would not.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
