//! What there is for whom: where people have to log in (`accounts.login`) the Account page for who has not, and where a second
//! factor is required (`accounts.second_factor`) the same page for who has yet to turn one on. Programs with a token are no
//! log-in, and go on.

use std::{collections::HashSet, sync::Arc};

use app::{AppError, Visitor, people::SecondFactor};
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::Refusal;
use crate::{
    sessions::is_plain_form,
    settings::{AccountsSettings, Login},
};

/// Where one logs in and turns a factor on: the page, and its forms below.
const ENTRY: &str = "/account";
/// Beside it, for who is not logged in: how the server fares, and who one is, which is nobody.
const OPEN: [&str; 4] = ["/health", "/health/live", "/health/ready", "/api/get_me"];
/// Where pages listen.
const STREAM: &str = "/events";
/// What that page asks by POST. None of these changes anything but a session of the browser's own.
const ASKED: [&str; 5] = [
    "/session",
    "/api/get_account",
    "/api/get_features",
    "/api/get_me",
    "/api/read_store",
];

/// Who is let in.
pub(crate) struct Gate {
    must_log_in: bool,
    must_have_factor: bool,
    /// Paths of the site's own files, which are open to everybody.
    files: HashSet<String>,
}

impl Gate {
    /// The gate of a server whose accounts are set up so; `None` where it would let everybody in.
    pub(crate) fn of(accounts: &AccountsSettings, files: &HashSet<String>) -> Option<Self> {
        let must_log_in = accounts.login == Login::Required;
        let must_have_factor = accounts.second_factor == SecondFactor::Required;
        (must_log_in || must_have_factor).then(|| Self {
            must_log_in,
            must_have_factor,
            files: files.clone(),
        })
    }

    /// What somebody is answered who is not let in.
    fn refusal(&self, request: &Request) -> Option<Response> {
        let visitor = request.extensions().get::<Visitor>();
        let account = visitor.and_then(|visitor| visitor.account.as_deref());
        let is_logged_in = visitor.is_some_and(|visitor| visitor.login.is_some());
        let path = request.uri().path();
        if is_about_account(path) {
            return None;
        }
        match account {
            None if self.must_log_in && !self.is_open(path) => Some(log_in_first(request)),
            Some(account) if self.must_have_factor && is_logged_in && account.factor.is_none() => {
                self.factor_first(request)
            }
            _ => None,
        }
    }

    /// Pages lead to the Account page, and everything else is refused, but what that page needs.
    fn factor_first(&self, request: &Request) -> Option<Response> {
        let path = request.uri().path();
        match (is_reading(request), is_plain_form(request.headers())) {
            _ if self.is_open(path) => None,
            (true, true) => Some(Redirect::to("/account?problem=factor").into_response()),
            // Nothing is told. The browser does not ask again by itself, and the page more and more rarely.
            (true, false) if path == STREAM => Some(StatusCode::NO_CONTENT.into_response()),
            (false, _) if ASKED.contains(&path) => None,
            _ => {
                let first =
                    "Turn a second factor on first, on the Account page: this server requires one.";
                Some(Refusal(AppError::Forbidden(first.into())).into_response())
            }
        }
    }

    fn is_open(&self, path: &str) -> bool {
        OPEN.contains(&path) || self.files.contains(path)
    }
}

/// Leads a person to where they can do what is missing, and tells a program that it must.
pub(crate) async fn gate(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    match gate.refusal(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

fn log_in_first(request: &Request) -> Response {
    match is_reading(request) && is_plain_form(request.headers()) {
        true => Redirect::to(ENTRY).into_response(),
        false => Refusal(AppError::NoSession).into_response(),
    }
}

fn is_about_account(path: &str) -> bool {
    let below = path.strip_prefix(ENTRY);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_reading(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
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
