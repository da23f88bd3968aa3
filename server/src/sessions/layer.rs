//! Puts the visitor into each request: the session belongs to the request, never to the process.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use app::{AppError, LoggedIn, SessionKey, Visitor, people::Account};
use axum::{
    extract::{ConnectInfo, Request, State, rejection::ExtensionRejection},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Door;
use crate::web::Refusal;

/// Reads the cookie, or a program's token. A forged, expired or malformed cookie is like none; a database that cannot
/// answer is an error, because "no session" would make the browser give up the one it has.
pub(crate) async fn visitor(
    State(door): State<Door>,
    address: Result<ConnectInfo<SocketAddr>, ExtensionRejection>,
    mut request: Request,
    next: Next,
) -> Response {
    let address = address.map_or(UNKNOWN, |ConnectInfo(address)| address.ip());
    let found = door.who(request.uri().path(), request.headers(), address);
    match found.await {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor.clone());
            let mut response = next.run(request).await;
            // For the log, further out.
            response.extensions_mut().insert(visitor);
            response
        }
        Err(error) => Refusal(error).into_response(),
    }
}

/// Where nobody said where a request comes from: in tests without a socket.
pub(crate) const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

pub(super) fn known(address: IpAddr) -> Option<IpAddr> {
    (address != UNKNOWN).then_some(address)
}

/// The token that a program sends along. Tokens are for `/api/` and `/metrics`; whoever sends one is taken at its word, whatever
/// cookies there are.
pub(crate) fn bearer<'a>(path: &str, headers: &'a HeaderMap) -> Option<&'a str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let is_ours =
        (path.starts_with("/api/") || path == "/metrics") && scheme.eq_ignore_ascii_case("bearer");
    is_ours.then_some(token.trim())
}

impl Door {
    /// Who asks for this path with these headers.
    ///
    /// # Errors
    /// [`AppError::NoSession`] for a token that is not good.
    pub(crate) async fn who(
        &self,
        path: &str,
        headers: &HeaderMap,
        address: IpAddr,
    ) -> Result<Visitor, AppError> {
        match bearer(path, headers) {
            Some(token) => self.program(token, address).await,
            None => self.visitor(headers, address).await,
        }
    }

    /// Whose cookie these headers have. A session of an account that is not in use any more ends here.
    pub(crate) async fn visitor(
        &self,
        headers: &HeaderMap,
        address: IpAddr,
    ) -> Result<Visitor, AppError> {
        let Some(id) = self.cookie.read(headers) else {
            return Ok(Visitor::default());
        };
        let Some(visit) = self.sessions.visit(id, address).await? else {
            return Ok(Visitor::default());
        };
        let session = Some(id.key(self.is_isolated));
        let Some(account) = visit.account else {
            return Ok(Visitor {
                session,
                address: known(address),
                ..Visitor::default()
            });
        };
        let account = self.people.account(&account).await?;
        let is_good = |account: &Account| account.is_active && account.knows_login_of(visit.since);
        let Some(account) = account.filter(is_good) else {
            self.sessions.end(id).await?;
            return Ok(Visitor::default());
        };
        let login = LoggedIn {
            handle: id.at_rest().to_string(),
            former: visit.former.map(|key| SessionKey(key.into())),
        };
        Ok(Visitor {
            session,
            account: Some(Arc::new(account)),
            login: Some(Arc::new(login)),
            token: None,
            address: known(address),
        })
    }

    /// What the record of the session in these headers is kept under.
    pub(crate) fn handle(&self, headers: &HeaderMap) -> Option<String> {
        let id = self.cookie.read(headers)?;
        Some(id.at_rest().to_string())
    }

    /// Who sends this token.
    async fn program(&self, token: &str, address: IpAddr) -> Result<Visitor, AppError> {
        let found = self.people.by_token(token).await?;
        let (account, used) = found.ok_or(AppError::NoSession)?;
        let shared = (!self.is_isolated).then(|| SessionKey(SessionKey::EVERYBODY.into()));
        Ok(Visitor {
            session: shared,
            account: Some(Arc::new(account)),
            login: None,
            token: Some(Arc::new(used)),
            address: known(address),
        })
    }
}
