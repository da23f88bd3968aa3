//! Requests that are done once, however often they are sent: the header `Idempotency-Key` (IETF draft "The Idempotency-Key HTTP
//! Header Field") at every POST below `/api/v1`, in one layer for all of them.
//!
//! A key belongs to a person and a path. The first request claims it in the engine (`claim`), so it holds on all servers, and
//! is worked on to its end even if whoever sent it hangs up. Its answer is kept for a day: the same request gets it again, with
//! `Idempotency-Replayed: true`. Another request of the same key is refused (422), one that comes while the first is worked on,
//! too (409). An answer that says that nothing was done and a later attempt may be luckier (429, 503, 507) frees the key.
//!
//! - Bodies of JSON, and others up to 1 MiB of which the length is told, are compared as a whole. Of what is streamed
//!   (uploads) only address, type and length are.
//! - An answer of more than [`MAX_KEPT`], or one that says `no-store` because it holds a secret, is told once: again there is
//!   only what it was (409 `answered`), and nothing is done twice.
//! - Where the server dies at work, or cannot say what became of it (any other 5xx), the key is free after
//!   [`claim::WORKING`]: look first what was done.

mod claim;
#[cfg(test)]
mod tests;

use std::panic::resume_unwind;

use app::{AppError, Visitor};
use axum::{
    Json,
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{FromRequest, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts,
        uri::PathAndQuery,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use holdfast::StateId;
use serde_json::json;
use sha2::{Digest, Sha256};
use tracing::Instrument;

pub(crate) use self::claim::{ANSWER, Claims, lifecycle_of_answers};
use self::claim::{Answer, Claim, Found};
use super::configurations::{BASE_VERSION, LOCK_TOKEN, SESSION_ID};
use crate::web::{MostBytes, Refusal};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest body that is compared, as long as one of JSON may be.
const MAX_COMPARED: u64 = 1 << 20;
/// Longest answer that is kept.
const MAX_KEPT: usize = 256 << 10;
/// Headers of the API's own that say what is asked, where they are there.
const ASKED_IN: [&str; 3] = [SESSION_ID, BASE_VERSION, LOCK_TOKEN];
/// Answers after which nothing is done yet.
const UNDONE: [StatusCode; 3] = [
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::INSUFFICIENT_STORAGE,
];
/// Headers of an answer that are kept.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// The layer.
pub(super) async fn once(State(claims): State<Claims>, request: Request, next: Next) -> Response {
    let is_post = request.method() == Method::POST && request.uri().path().starts_with("/api/v1/");
    let key = request.headers().get(KEY).filter(|_| is_post).cloned();
    let visitor = request.extensions().get::<Visitor>().cloned();
    let person = visitor.as_ref().and_then(person);
    // Who is nobody is refused further in.
    let (Some(key), Some(visitor), Some(person)) = (key, visitor, person) else {
        return next.run(request).await;
    };
    // On its own: who hangs up at whatever moment, and sends it again, finds it done.
    let work = run(claims, visitor, person, key, request, next);
    match tokio::spawn(work.in_current_span()).await {
        Ok(done) => done.unwrap_or_else(IntoResponse::into_response),
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(ended) => Refusal(AppError::internal(ended)).into_response(),
        },
    }
}

/// Whose keys these are: a person's, on every device and under every token.
fn person(visitor: &Visitor) -> Option<String> {
    match &visitor.account {
        Some(account) => Some(format!("account:{}", account.id)),
        None => visitor.scope().map(|scope| scope.to_string()),
    }
}

async fn run(
    claims: Claims,
    visitor: Visitor,
    person: String,
    key: HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let (key, path) = (read(&key)?, request.uri().path());
    let id = Sha256::digest(format!("{person}\n{path}\n{key}"));
    let id = StateId::new(hex::encode(id));
    let (request, digest) = digested(request).await?;
    let actor = visitor.actor(None).ok_or(AppError::NoSession)?;
    match claims.claim(id, digest, actor).await? {
        Found::Mine(claim) => Ok(settled(claim, next.run(request).await).await),
        Found::Done(answer) => Ok(again(answer)),
        Found::Working => {
            let told = "The first request with this `Idempotency-Key` is still worked on, or it is not known what became of it: \
                        then the key is free after ten minutes. Look what was done, or ask again later.";
            let told = json!({ "error": "in_progress", "detail": told });
            let retry = [(header::RETRY_AFTER, "1")];
            Ok((StatusCode::CONFLICT, retry, Json(told)).into_response())
        }
        Found::Other => {
            let told = "This `Idempotency-Key` came with another request before. Take a new one for a new request.";
            let told = json!({ "error": "key_reused", "detail": told });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(told)).into_response())
        }
    }
}

/// The key itself: as the draft has it, in quotes, or without.
fn read(key: &HeaderValue) -> Result<&str, AppError> {
    let text = key.to_str().unwrap_or_default();
    let bare = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let key = bare.unwrap_or(text);
    if (1..=255).contains(&key.len()) {
        return Ok(key);
    }
    let told = "`Idempotency-Key` must be 1 to 255 characters of ASCII.";
    Err(AppError::BadRequest(told.into()))
}

/// The request, and a digest of what makes it the same as another.
async fn digested(request: Request) -> Result<(Request, String), Refusal> {
    let (parts, body) = request.into_parts();
    let mut digest = Sha256::new();
    // Not the host, which HTTP/2 has there, too: any server may be asked again, by any version.
    let asked = parts.uri.path_and_query();
    digest.update(asked.map_or("/", PathAndQuery::as_str));
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let length = parts.headers.get(header::CONTENT_LENGTH);
    // Conditions belong to what is asked.
    for value in [kind, parts.headers.get(header::IF_MATCH)] {
        digest.update([0]);
        digest.update(value.map_or(&[][..], HeaderValue::as_bytes));
    }
    for name in ASKED_IN {
        if let Some(value) = parts.headers.get(name) {
            digest.update([0]);
            digest.update(name);
            digest.update([0]);
            digest.update(value.as_bytes());
        }
    }
    digest.update([0]);
    if !is_compared(&parts) {
        digest.update(length.map_or(&[][..], HeaderValue::as_bytes));
        let request = Request::from_parts(parts, body);
        return Ok((request, hex::encode(digest.finalize())));
    }
    let whole = Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await;
    let whole = whole.map_err(|problem| match problem.status() {
        StatusCode::PAYLOAD_TOO_LARGE => MostBytes::within(&parts.extensions).refusal(),
        _ => AppError::BadRequest(problem.body_text()),
    })?;
    digest.update(&whole);
    let request = Request::from_parts(parts, Body::from(whole));
    Ok((request, hex::encode(digest.finalize())))
}

fn is_compared(parts: &Parts) -> bool {
    let text = |name| parts.headers.get(name).and_then(|text| text.to_str().ok());
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let length = text(header::CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    kind == "application/json" || length.is_some_and(|length| length <= MAX_COMPARED)
}

/// Keeps the answer of a request that was done, or frees its key.
async fn settled(claim: Claim, response: Response) -> Response {
    let status = response.status();
    if UNDONE.contains(&status) {
        claim.free().await;
        return response;
    }
    if status.is_server_error() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let is_short = (body.size_hint().exact()).is_some_and(|length| length <= MAX_KEPT as u64);
    let may_keep = is_short && !is_secret(&parts.headers);
    let (body, text) = match may_keep {
        false => (body, None),
        // An answer of that length is in memory, and is read without fail.
        true => {
            let whole = to_bytes(body, MAX_KEPT).await.unwrap_or_default();
            let text = String::from_utf8(whole.to_vec()).ok();
            (Body::from(whole), text)
        }
    };
    let kept = KEPT.iter().filter_map(|name| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    let answer = Answer {
        status: status.as_u16(),
        headers: kept.collect(),
        body: text,
    };
    claim.keep(answer).await;
    Response::from_parts(parts, body)
}

fn is_secret(headers: &HeaderMap) -> bool {
    let control = headers.get(header::CACHE_CONTROL);
    control.is_some_and(|control| {
        control
            .to_str()
            .is_ok_and(|control| control.contains("no-store"))
    })
}

/// What was answered the first time.
fn again(answer: Answer) -> Response {
    let Answer {
        status,
        headers,
        body,
    } = answer;
    let Some(body) = body else {
        let told = format!(
            "This was done before, with the status {status}. Its answer was told once and is not kept."
        );
        let location = headers.into_iter().find(|(name, _)| name == "location");
        let told = json!({
            "error": "answered", "detail": told, "answered": status, "location": location.map(|(_, place)| place),
        });
        return (StatusCode::CONFLICT, Json(told)).into_response();
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    let replayed = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAYED, replayed);
    response
}
