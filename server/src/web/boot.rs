//! Loads what a page starts from, before it is rendered. Reads only.

use std::{collections::BTreeMap, sync::Arc};

use app::{AppState, Visitor, load_boot};
use axum::{
    Extension,
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Refusal;
use crate::sessions::cookies;

/// The cookie that mirrors the browser's preferences.
const PREFERENCES: &str = "hf_ui";
/// Longest cookie a browser keeps.
const MAX_PREFERENCES: usize = 4096;

/// Puts the snapshot into the request of a page.
pub(crate) async fn boot(
    State(state): State<AppState>,
    visitor: Option<Extension<Visitor>>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = visitor
        .map(|Extension(visitor)| visitor)
        .unwrap_or_default();
    match load_boot(&state, &visitor, preferences(request.headers())).await {
        Ok(boot) => {
            request.extensions_mut().insert(Arc::new(boot));
            next.run(request).await
        }
        Err(error) => Refusal(error).into_response(),
    }
}

/// Preferences as the browser sent them. Anything broken is no preference.
fn preferences(headers: &HeaderMap) -> BTreeMap<String, Value> {
    cookies(headers)
        .find(|cookie| cookie.name() == PREFERENCES)
        .filter(|cookie| cookie.value().len() <= MAX_PREFERENCES)
        .and_then(|cookie| {
            let text = percent_decode_str(cookie.value()).decode_utf8().ok()?;
            serde_json::from_str(&text).ok()
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    fn read(cookie: &str) -> BTreeMap<String, Value> {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookie.parse().unwrap());
        preferences(&headers)
    }

    #[test]
    fn preferences_are_read_as_the_browser_writes_them() {
        let read = read("a=b; hf_ui=%7B%22ui.theme%22%3A%22dark%22%7D; c=d");
        assert_eq!(
            read,
            BTreeMap::from([("ui.theme".to_owned(), json!("dark"))])
        );
    }

    #[test]
    fn broken_or_long_preferences_are_none() {
        let long = format!("hf_ui=%7B%22a%22%3A%22{}%22%7D", "x".repeat(5000));
        for cookie in [
            "hf_ui=",
            "hf_ui=%7B",
            "hf_ui=%ff%fe",
            "hf_ui=[1]",
            "other=1",
            &long,
        ] {
            assert!(read(cookie).is_empty(), "{cookie}");
        }
    }
}
