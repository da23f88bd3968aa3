//! The cookie that mirrors what a browser prefers: written by its pages, and by the server where a plain form chose something.

use std::collections::BTreeMap;

use app::AppError;
use axum::http::{HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use crate::sessions::cookies;

/// Its name.
const PREFERENCES: &str = "hf_ui";
/// Longest cookie a browser keeps.
const MAX_PREFERENCES: usize = 4096;
/// Longest that is written, as in the pages: browsers count name and attributes, too.
const MAX_WRITTEN: usize = 3_000;
/// What pages encode (`encodeURIComponent`).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Preferences as the browser sent them. Anything broken is no preference.
pub(crate) fn preferences(headers: &HeaderMap) -> BTreeMap<String, Value> {
    cookies(headers)
        .find(|cookie| cookie.name() == PREFERENCES)
        .filter(|cookie| cookie.value().len() <= MAX_PREFERENCES)
        .and_then(|cookie| {
            let text = percent_decode_str(cookie.value()).decode_utf8().ok()?;
            serde_json::from_str(&text).ok()
        })
        .unwrap_or_default()
}

/// The header that gives a browser these preferences, for a year.
pub(crate) fn mirrored(
    preferences: &BTreeMap<String, Value>,
    is_https: bool,
) -> Result<HeaderValue, AppError> {
    let json = serde_json::to_string(preferences).map_err(AppError::internal)?;
    let text = utf8_percent_encode(&json, ENCODED).to_string();
    if text.len() > MAX_WRITTEN {
        return Err(AppError::TooLarge(
            "This browser has no room for one more preference. Reset them, and choose again."
                .into(),
        ));
    }
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!("{PREFERENCES}={text}; Path=/; Max-Age=31536000; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).map_err(AppError::internal)
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
    fn preferences_that_were_written_are_read_again() {
        let written = BTreeMap::from([("ui.theme".to_owned(), json!("é;, '(dark)\"="))]);
        let header = mirrored(&written, true).unwrap();
        let (pair, attributes) = header.to_str().unwrap().split_once(';').unwrap();
        assert_eq!(read(pair), written);
        assert!(attributes.ends_with("; Secure"), "{attributes}");
        let plain = mirrored(&written, false).unwrap();
        assert!(!plain.to_str().unwrap().contains("Secure"));
    }

    #[test]
    fn more_than_a_cookie_holds_is_refused_and_not_cut() {
        let long = BTreeMap::from([("a".to_owned(), json!("x".repeat(MAX_WRITTEN)))]);
        assert!(matches!(mirrored(&long, false), Err(AppError::TooLarge(_))));
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
