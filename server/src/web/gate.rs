//! Where people have to log in (`accounts.login`): what there is for who has not, which is the Account page and what it
//! takes to get in.

use std::{collections::HashSet, sync::Arc};

use app::{AppError, Visitor};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::Refusal;

/// Where everybody may go who is led away from elsewhere.
const ENTRY: &str = "/account";
/// Beside it: how the server fares, and who one is, which is nobody.
const OPEN: [&str; 4] = ["/health", "/health/live", "/health/ready", "/api/get_me"];

/// What is open to everybody.
pub(crate) struct Gate {
    /// Paths of the site's own files.
    pub(crate) files: HashSet<String>,
}

/// Leads a person who is not logged in to where they can, and tells a program that it must.
pub(crate) async fn gate(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    let is_known = visitor.is_some_and(|visitor| visitor.account.is_some());
    if is_known || gate.is_open(request.uri().path()) {
        return next.run(request).await;
    }
    match is_page(request.method(), request.headers()) {
        true => Redirect::to(ENTRY).into_response(),
        false => Refusal(AppError::NoSession).into_response(),
    }
}

impl Gate {
    fn is_open(&self, path: &str) -> bool {
        let below = path.strip_prefix(ENTRY);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            || OPEN.contains(&path)
            || self.files.contains(path)
    }
}

/// Whether a browser wants to show what it asks for.
fn is_page(method: &Method, headers: &HeaderMap) -> bool {
    let wanted = headers.get(header::ACCEPT).map(|it| it.to_str());
    let is_shown = wanted.is_some_and(|wanted| wanted.is_ok_and(|it| it.contains("text/html")));
    is_shown && matches!(*method, Method::GET | Method::HEAD)
}
