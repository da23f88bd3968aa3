//! Where a second factor is required, who has none turns one on before anything else: pages lead to the Account page, and
//! everything that may change something is refused, but what that page needs.
//!
//! Tokens are no log-in and go on. Who is not logged in is nobody's business here.

use app::{AppError, Visitor, people::SecondFactor};
use axum::{
    extract::Request,
    http::Method,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{Door, is_plain_form};
use crate::web::Refusal;

/// Where a factor is turned on: the page, and its forms below.
const PAGE: &str = "/account";
/// What that page asks by POST. None of these changes anything but a session of the browser's own.
const ASKED: [&str; 6] = [
    "/session",
    "/api/get_account",
    "/api/get_features",
    "/api/get_me",
    "/api/get_shares",
    "/api/read_store",
];

impl Door {
    /// What a person is answered who has yet to turn a second factor on; `None` where nothing is in the way.
    pub(super) fn lacks_factor(&self, visitor: &Visitor, request: &Request) -> Option<Response> {
        let is_required = self.people.terms().second_factor == SecondFactor::Required;
        let is_without = |account: &app::people::Account| account.factor.is_none();
        let is_meant = is_required
            && visitor.login.is_some()
            && visitor.account.as_deref().is_some_and(is_without);
        let path = request.uri().path();
        if !is_meant || is_about_account(path) {
            return None;
        }
        let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
        match (is_reading, is_plain_form(request.headers())) {
            (true, true) => Some(Redirect::to("/account?problem=factor").into_response()),
            (true, false) => None,
            (false, _) if ASKED.contains(&path) => None,
            (false, _) => {
                let first =
                    "Turn a second factor on first, on the Account page: this server requires one.";
                Some(Refusal(AppError::Forbidden(first.into())).into_response())
            }
        }
    }
}

fn is_about_account(path: &str) -> bool {
    let rest = path.strip_prefix(PAGE);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::is_about_account;

    #[test]
    fn the_account_page_and_its_forms_are_about_the_account() {
        for (path, is) in [
            ("/account", true),
            ("/account/factor-on", true),
            ("/accounts", false),
            ("/", false),
            ("/api/account", false),
        ] {
            assert_eq!(is_about_account(path), is, "{path}");
        }
    }
}
