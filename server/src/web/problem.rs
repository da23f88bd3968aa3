//! Refusals of programs' requests as problem details (RFC 9457, `application/problem+json`): one layer around everything below
//! `/api/v1`, whoever refused, a handler, an extractor, another layer or the router itself.
//!
//! Inside, a refusal is what it is for pages: an [`AppError`] as JSON, perhaps with more. Here its members stay, `detail` becomes a
//! sentence, and `type`, `title` and `status` are added. `api::docs` lists what each kind means.

use app::AppError;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Where programs ask.
const PROGRAMS: &str = "/api/v1/";
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
/// Longest refusal: it may hold a whole file that stands there now.
const MAX_BYTES: usize = 64 << 20;

/// Each kind: its word for programs, its title, and what is to be done.
pub(crate) const KINDS: [(&str, &str, &str); 19] = [
    (
        "bad_request",
        "Unreadable request",
        "The request cannot be read, or lacks something: `detail` says what.",
    ),
    (
        "no_session",
        "Not logged in",
        "Neither a session nor a token came along, or it is not good any more.",
    ),
    (
        "forbidden",
        "Not allowed",
        "The account, its role or its token does not allow this.",
    ),
    (
        "not_found",
        "Not found",
        "It is not here, or not theirs: the two look the same.",
    ),
    (
        "method_not_allowed",
        "No such method",
        "The header `Allow` names the methods that this address has.",
    ),
    (
        "conflict",
        "Conflict",
        "Somebody wrote in between: with what stands there now, to merge and try again.",
    ),
    (
        "stale",
        "Another version",
        "The version is another one than `If-Match` says (412), or it is missing (428): with what stands there now.",
    ),
    (
        "refused",
        "Not allowed in this status",
        "The lifecycle has no such step from here: `allowed` are those that it has.",
    ),
    (
        "in_progress",
        "Still worked on",
        "The first request with this `Idempotency-Key` is not answered yet: ask again a little later.",
    ),
    (
        "answered",
        "Done before",
        "The same request was done before (`answered` is its status), and its answer is told only once.",
    ),
    (
        "key_reused",
        "Key of another request",
        "The `Idempotency-Key` came with another request before: take a new one.",
    ),
    (
        "invalid",
        "Invalid",
        "The field `path` is wrong: `problem` says how, and what would be right.",
    ),
    (
        "too_large",
        "Too large",
        "More than this server takes; `detail` says how much it may be.",
    ),
    ("locked", "Locked", "Somebody else has locked it."),
    (
        "busy",
        "Too much at once",
        "Ask again: after `retry_after` seconds, where it is said.",
    ),
    (
        "away",
        "Out of reach",
        "Something behind this server is away, or damaged there: `detail` says what. Ask again later.",
    ),
    (
        "unsure",
        "Not known",
        "Something behind this server did not say in time what became of it: it may have been done. Look before asking again.",
    ),
    (
        "disk_full",
        "Disk full",
        "Nothing was kept. Whoever runs the server makes room.",
    ),
    (
        "internal",
        "Internal error",
        "Not the request's fault. The server's log knows it by `reference`.",
    ),
];

/// A refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The kind of problem, as an address where it is explained.
    #[schema(format = "uri-reference")]
    r#type: String,
    /// The kind of problem, for people.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong and what to do.
    detail: String,
    /// The kind of problem, for programs: `no_session`, `stale`, `invalid` ...
    error: String,
    /// What else is told: `path` and `problem` with `invalid`; `version` and `state` or `content` with `stale`; `allowed` with
    /// `refused`; `retry_after` (seconds) with `busy`; `reference` with `internal`.
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// Gives each refusal below `/api/v1` this form.
pub(crate) async fn problems(request: Request, next: Next) -> Response {
    let is_programs = request.uri().path().starts_with(PROGRAMS);
    let response = next.run(request).await;
    let status = response.status();
    if !is_programs || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let told = to_bytes(body, MAX_BYTES).await.unwrap_or_default();
    let problem = Problem::of(status, &told);
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        parts.headers.insert(header::WWW_AUTHENTICATE, scheme);
    }
    Response::from_parts(parts, Body::from(body))
}

impl Problem {
    /// What was told, in this form.
    fn of(status: StatusCode, told: &Bytes) -> Self {
        let told: Value = serde_json::from_slice(told)
            .unwrap_or_else(|_| String::from_utf8_lossy(told).into_owned().into());
        let known = AppError::deserialize(&told).ok();
        let (mut more, plain) = match told {
            Value::Object(members) => (members, None),
            Value::String(text) if !text.is_empty() => (Map::new(), Some(text)),
            _ => (Map::new(), None),
        };
        let reason = status.canonical_reason().unwrap_or("Refused");
        let error = match more.remove("error") {
            Some(Value::String(word)) => word,
            _ => word(status, reason),
        };
        // These are ours to say.
        more.retain(|name, _| !["type", "title", "status"].contains(&name.as_str()));
        let kind = KINDS.iter().find(|(word, ..)| *word == error);
        let detail = match more.remove("detail") {
            Some(Value::String(text)) => Some(text),
            Some(Value::Object(members)) => {
                more.extend(members);
                None
            }
            _ => plain,
        };
        // What a page tells a person whose session is over helps no program.
        let known = known.filter(|error| *error != AppError::NoSession);
        let detail = detail
            .or_else(|| known.map(|error| error.to_string()))
            .or_else(|| kind.map(|(_, _, meaning)| (*meaning).to_owned()))
            .unwrap_or_else(|| reason.to_owned());
        Self {
            r#type: kind.map_or_else(
                || "about:blank".to_owned(),
                |(word, ..)| format!("/api/v1/docs#{word}"),
            ),
            title: kind.map_or(reason, |(_, title, _)| title).to_owned(),
            status: status.as_u16(),
            detail,
            error,
            more,
        }
    }
}

/// The word for a refusal that brings none: of axum itself.
fn word(status: StatusCode, reason: &str) -> String {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "too_large".to_owned(),
        StatusCode::INTERNAL_SERVER_ERROR => "internal".to_owned(),
        _ => reason.to_lowercase().replace([' ', '-'], "_"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    fn told(status: u16, body: &str) -> Value {
        let status = StatusCode::from_u16(status).unwrap();
        serde_json::to_value(Problem::of(status, &Bytes::from(body.to_owned()))).unwrap()
    }

    #[test]
    fn what_a_page_reads_as_an_object_is_a_sentence_and_members_here() {
        let page = serde_json::to_string(&AppError::Invalid {
            path: "q".into(),
            problem: "ends early".into(),
        });
        assert_eq!(
            told(422, &page.unwrap()),
            json!({
                "type": "/api/v1/docs#invalid", "title": "Invalid", "status": 422, "error": "invalid",
                "detail": "q: ends early", "path": "q", "problem": "ends early",
            })
        );
    }

    #[test]
    fn what_a_handler_adds_stays() {
        let body = json!({"error": "stale", "version": 3, "state": null});
        let problem = told(412, &body.to_string());
        assert_eq!(
            (&problem["version"], &problem["state"], &problem["type"]),
            (&json!(3), &Value::Null, &json!("/api/v1/docs#stale"))
        );
        assert!(problem["detail"].as_str().unwrap().contains("If-Match"));
        let slow = json!({"error": "busy", "detail": "Too many requests.", "retry_after": 2});
        let problem = told(429, &slow.to_string());
        assert_eq!(
            (&problem["detail"], &problem["retry_after"]),
            (&json!("Too many requests."), &json!(2))
        );
    }

    #[test]
    fn what_is_away_is_explained_like_the_rest() {
        let page = serde_json::to_string(&AppError::Away("The store is away.".into()));
        let problem = told(503, &page.unwrap());
        assert_eq!(
            (&problem["type"], &problem["detail"]),
            (&json!("/api/v1/docs#away"), &json!("The store is away."))
        );
    }

    #[test]
    fn what_comes_without_a_word_gets_that_of_its_status() {
        let problem = told(405, "");
        assert_eq!(problem["error"], "method_not_allowed");
        assert_eq!(problem["title"], "No such method");
        let problem = told(400, "Invalid UTF-8 in `id`");
        assert_eq!(
            (&problem["error"], &problem["detail"]),
            (&json!("bad_request"), &json!("Invalid UTF-8 in `id`"))
        );
        let problem = told(418, "");
        assert_eq!(
            (&problem["type"], &problem["detail"]),
            (&json!("about:blank"), &json!("I'm a teapot"))
        );
    }

    #[test]
    fn a_session_that_is_over_is_told_in_words_for_a_program() {
        let problem = told(401, r#"{"error":"no_session"}"#);
        assert!(problem["detail"].as_str().unwrap().contains("token"));
    }
}
