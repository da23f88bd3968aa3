//! Nothing goes back for a person whose requests are answered by several servers.
//!
//! Each server answers from a cache that follows the log a few milliseconds behind the others. So every answer says how
//! new what it tells can be, in a cookie and (for programs) a header of one name, the next request brings it along, and
//! whichever server gets that one first reads up to there. A page notes the revisions of what it hears live in a cookie
//! of its own: what it then asks for is at least as new.

use std::sync::Arc;

use app::Visitor;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use holdfast::{Revision, backend::Cache};

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
        // What is cached is given out for a time; the cache says for how long.
        tracing::debug!(%error, "the log cannot be read up to what was seen elsewhere");
    }
    let mut response = next.run(request).await;
    let has_session = |visitor: &Visitor| visitor.session.is_some();
    if response.extensions().get().is_some_and(has_session)
        && let Ok(revision) = here.cache.horizon().await
        && Some(revision) != before
    {
        here.tell(revision, response.headers_mut());
    }
    response
}

impl Seen {
    fn tell(&self, revision: Revision, headers: &mut HeaderMap) {
        headers.insert(HeaderName::from_static(NAME), HeaderValue::from(revision.0));
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
