//! `ETag`, `If-None-Match` and `If-Match` for what is not one state of its own: what a program saw, held against what
//! is there now. States themselves are compared by the engine (`states`).

use app::AppError;
use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::web::Refusal;

/// Hex digits of a tag that is made of content: 64 bits, for one thing's versions.
const DIGITS: usize = 16;

/// The tag of a content without a version.
pub(super) fn tag_of(content: &impl Serialize) -> Result<String, Refusal> {
    let content = serde_json::to_vec(content).map_err(AppError::internal)?;
    let mut tag = hex::encode(Sha256::digest(content));
    tag.truncate(DIGITS);
    Ok(tag)
}

/// An answer under its tag; 304 without a body for a reader who has it.
pub(super) fn read(
    headers: &HeaderMap,
    tag: &str,
    content: &impl Serialize,
) -> Result<Response, Refusal> {
    let known = headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| names(known, tag)) {
        let tag = [(header::ETAG, quoted(tag)?)];
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    tagged(StatusCode::OK, tag, content)
}

/// An answer under its tag.
pub(super) fn tagged(
    status: StatusCode,
    tag: &str,
    content: &impl Serialize,
) -> Result<Response, Refusal> {
    Ok((status, [(header::ETAG, quoted(tag)?)], Json(content)).into_response())
}

/// The refusal, with what is there now, of a program that saw something else, or does not say what it saw.
pub(super) fn unmet(
    headers: &HeaderMap,
    tag: &str,
    current: &impl Serialize,
) -> Result<Option<Response>, Refusal> {
    let status = match headers.get(header::IF_MATCH) {
        Some(seen) if names(seen, tag) => return Ok(None),
        Some(_) => StatusCode::PRECONDITION_FAILED,
        None => StatusCode::PRECONDITION_REQUIRED,
    };
    let told = json!({ "error": "stale", "current": current });
    Ok(Some(tagged(status, tag, &told)?))
}

/// Told once and kept nowhere, not even for the same request again: an answer that holds a secret.
pub(super) fn told_once(status: StatusCode, secret: &impl Serialize) -> Response {
    let kept = [(header::CACHE_CONTROL, "no-store")];
    (status, kept, Json(secret)).into_response()
}

/// Whether a list of tags has this one, or is `*`.
fn names(listed: &HeaderValue, tag: &str) -> bool {
    let listed = listed.to_str().unwrap_or_default().split(',');
    let mut plain = listed.map(|one| one.trim().trim_start_matches("W/").trim_matches('"'));
    plain.any(|one| one == "*" || one == tag)
}

fn quoted(tag: &str) -> Result<HeaderValue, Refusal> {
    Ok(HeaderValue::from_str(&format!("\"{tag}\"")).map_err(AppError::internal)?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn status(name: header::HeaderName, value: &'static str) -> Option<StatusCode> {
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        let refused = unmet(&headers, "7", &json!({})).ok().unwrap();
        refused.map(|refused| refused.status())
    }

    #[test]
    fn what_was_seen_is_held_against_what_is_there() {
        for fine in ["\"7\"", "*", "\"6\", \"7\"", "W/\"7\"", "7"] {
            assert_eq!(status(header::IF_MATCH, fine), None, "{fine}");
        }
        for other in ["\"6\"", "", "\"77\""] {
            let refused = status(header::IF_MATCH, other);
            assert_eq!(refused, Some(StatusCode::PRECONDITION_FAILED), "{other}");
        }
        let unsaid = status(header::ACCEPT, "*/*");
        assert_eq!(unsaid, Some(StatusCode::PRECONDITION_REQUIRED));
    }
}
