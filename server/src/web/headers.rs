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
const NO_SCRIPTS: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; object-src 'none'; \
                          form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A year, for the host and what is below it.
const HTTPS_ONLY: &str = "max-age=31536000; includeSubDomains";
/// A person's own, asked for anew each time. Pages keep the back button's memory with it, where `no-store` would not.
const OWN: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Kept by nobody: what programs and scripts are answered, and the page with a person's logins and tokens.
const NEVER_KEPT: HeaderValue = HeaderValue::from_static("no-store");
/// The page about a person.
const ACCOUNT: &str = "/account";

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
    let is_about_person = request.uri().path().starts_with(ACCOUNT);
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
            HeaderValue::from_static(HTTPS_ONLY),
        );
    }
    if is_of_kind(headers, "text/html") {
        headers.insert("accept-ch", HeaderValue::from_static(COLOUR_SCHEME));
        headers.insert("critical-ch", HeaderValue::from_static(COLOUR_SCHEME));
        headers.append(header::VARY, HeaderValue::from_static(COLOUR_SCHEME));
        headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NO_SCRIPTS));
    let kept = match is_about_person || is_of_kind(headers, "application/json") {
        true => NEVER_KEPT,
        false => OWN,
    };
    // Unless the route said otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(kept);
    response
}

/// Whether what is answered is of this kind.
pub(super) fn is_of_kind(headers: &HeaderMap, wanted: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(wanted.as_bytes()))
}
