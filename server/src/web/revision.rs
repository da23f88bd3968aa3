//! Nothing goes back for a person whose requests are answered by several servers.
//!
//! Each server answers from a cache that follows the log a few milliseconds behind the others. So every answer says how
//! new what it tells can be, in a cookie and (for programs) a header of one name, the next request brings it along, and
//! whichever server gets that one first reads up to there. A page notes the revisions of what it hears live in a cookie
//! of its own: what it then asks for is at least as new. A server that cannot read that far, because the database is away
//! from it, says so (503) rather than tell something older.

use std::sync::Arc;

use app::{AppError, Visitor};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use holdfast::{Revision, backend::Cache};

use super::Refusal;
use crate::sessions::{CookieStyle, cookies};

/// The cookie and the header.
const NAME: &str = "holdfast-revision";
/// The page's own cookie; `app/src/stores/live.rs` writes it.
const HEARD: &str = "holdfast-heard";

/// The cache that answers, and how cookies travel.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) cache: Arc<Cache>,
    pub(crate) cookie: CookieStyle,
}

/// Answers with nothing older than the request says was seen.
pub(crate) async fn no_older(State(here): State<Seen>, request: Request, next: Next) -> Response {
    let before = seen(request.headers());
    if let Some(revision) = before
        && let Err(error) = here.cache.reach(revision).await
    {
        tracing::debug!(%error, "the log cannot be read up to what was seen elsewhere");
        return behind();
    }
    let mut response = next.run(request).await;
    let visitor: Option<&Visitor> = response.extensions().get();
    let (has_session, has_token) = visitor.map_or((false, false), |visitor| {
        (visitor.session.is_some(), visitor.token.is_some())
    });
    if (has_session || has_token)
        && let Ok(revision) = here.cache.horizon().await
        && Some(revision) != before
    {
        here.tell(revision, has_session, response.headers_mut());
    }
    response
}

/// What this server has is older than what they saw at another one: a balancer asks that one, a person comes back later.
fn behind() -> Response {
    let refusal = Refusal(AppError::Away(
        "This server cannot read the database, and what it remembers is older than what you have seen. Nothing is lost; \
         try again in a moment."
            .into(),
    ));
    ([(header::RETRY_AFTER, "1")], refusal).into_response()
}

impl Seen {
    fn tell(&self, revision: Revision, is_browser: bool, headers: &mut HeaderMap) {
        headers.insert(HeaderName::from_static(NAME), HeaderValue::from(revision.0));
        if !is_browser {
            return;
        }
        let secure = if self.cookie == CookieStyle::Https {
            "; Secure"
        } else {
            ""
        };
        let cookie = format!("{NAME}={}; Path=/; SameSite=Lax{secure}", revision.0);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// What was seen before this request. What cannot be read says nothing.
fn seen(headers: &HeaderMap) -> Option<Revision> {
    let told = headers.get(NAME).and_then(|value| value.to_str().ok());
    let told = told.and_then(|text| text.parse().ok());
    let kept = cookies(headers).filter(|cookie| [NAME, HEARD].contains(&cookie.name()));
    let kept = kept.filter_map(|cookie| cookie.value().parse().ok());
    told.into_iter().chain(kept).max().map(Revision)
}
