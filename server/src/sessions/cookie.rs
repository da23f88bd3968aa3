//! How a session's id travels: one cookie that scripts cannot read.

use axum::http::{HeaderMap, HeaderValue, header};
use tower_sessions::cookie::{Cookie, SameSite};

use super::SessionId;
use crate::settings::ServerSettings;

/// The cookie's name and whether it is `Secure`: browsers take `__Host-` over https only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieStyle {
    /// `__Host-holdfast`, `Secure`: bound to this host and to https.
    Https,
    /// `holdfast`, for plain http on the own computer.
    PlainHttp,
}

impl CookieStyle {
    /// The style for how the server is reached; the log says when it is the weaker one.
    pub fn of(settings: &ServerSettings) -> Self {
        if settings.is_https() {
            return Self::Https;
        }
        if settings.addr.ip().is_loopback() {
            tracing::info!(
                "plain http on this computer only: the session cookie is `holdfast`, without `Secure`"
            );
        } else {
            tracing::warn!(
                "plain http on a network: anybody on the way can read the session cookie; \
                 put https in front and set server.public_url"
            );
        }
        Self::PlainHttp
    }

    fn name(self) -> &'static str {
        match self {
            Self::Https => "__Host-holdfast",
            Self::PlainHttp => "holdfast",
        }
    }

    /// The id in a request's cookies. Several of this name: the first that is well formed.
    pub(super) fn read(self, headers: &HeaderMap) -> Option<SessionId> {
        cookies(headers)
            .filter(|cookie| cookie.name() == self.name())
            .find_map(|cookie| SessionId::parse(cookie.value()))
    }

    /// The header that gives the browser its session, for so long; without, until the browser is closed.
    pub(super) fn set(self, id: SessionId, longest: Option<time::Duration>) -> Option<HeaderValue> {
        self.header(id.to_cookie(), longest)
    }

    /// The header that takes it away.
    pub(super) fn remove(self) -> Option<HeaderValue> {
        self.header(String::new(), Some(time::Duration::ZERO))
    }

    fn header(self, value: String, longest: Option<time::Duration>) -> Option<HeaderValue> {
        let mut cookie = Cookie::build((self.name(), value))
            .http_only(true)
            .secure(self == Self::Https)
            .same_site(SameSite::Lax)
            .path("/")
            .build();
        cookie.set_max_age(longest);
        HeaderValue::from_str(&cookie.to_string()).ok()
    }
}

/// Every cookie of a request that can be read as one.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn header_of(style: CookieStyle) -> String {
        let value = style
            .set(SessionId::random(), Some(time::Duration::days(90)))
            .unwrap();
        value.to_str().unwrap().to_owned()
    }

    #[test]
    fn over_https_the_cookie_is_bound_to_host_and_https() {
        let header = header_of(CookieStyle::Https);
        assert!(header.starts_with("__Host-holdfast="), "{header}");
        for part in [
            "HttpOnly",
            "SameSite=Lax",
            "Secure",
            "Path=/",
            "Max-Age=7776000",
        ] {
            assert!(
                header.split("; ").any(|have| have == part),
                "{part} in {header}"
            );
        }
        assert!(!header.contains("Domain"));
    }

    #[test]
    fn over_plain_http_it_is_not_secure_and_says_so_by_its_name() {
        let header = header_of(CookieStyle::PlainHttp);
        assert!(
            header.starts_with("holdfast=")
                && header.contains("HttpOnly")
                && !header.contains("Secure")
        );
    }

    #[test]
    fn a_malformed_cookie_before_the_good_one_does_no_harm() {
        let id = SessionId::random();
        let mut headers = HeaderMap::new();
        let text = format!(
            "theme; holdfast=\"bad\"; =; holdfast={}; x=%ff",
            id.to_cookie()
        );
        headers.append(
            header::COOKIE,
            HeaderValue::from_bytes(b"\xff\xfe").unwrap(),
        );
        headers.append(header::COOKIE, text.parse().unwrap());
        assert_eq!(CookieStyle::PlainHttp.read(&headers), Some(id));
        assert_eq!(CookieStyle::Https.read(&headers), None);
    }
}
