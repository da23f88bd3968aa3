//! Puts the visitor into each request: the session belongs to the request, never to the process.

use app::{AppError, Visitor};
use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Door, SessionId};
use crate::web::Refusal;

/// Reads the cookie. A forged, expired or malformed one is like none; a database that cannot
/// answer is an error, because "no session" would make the browser give up the one it has.
pub(crate) async fn visitor(
    State(door): State<Door>,
    mut request: Request,
    next: Next,
) -> Response {
    match door.visitor(request.headers()).await {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(error) => Refusal(error).into_response(),
    }
}

impl Door {
    /// Who sends these headers.
    pub(crate) async fn visitor(&self, headers: &HeaderMap) -> Result<Visitor, AppError> {
        Ok(Visitor {
            session: self
                .session(headers)
                .await?
                .map(|id| id.key(self.is_isolated)),
        })
    }

    async fn session(&self, headers: &HeaderMap) -> Result<Option<SessionId>, AppError> {
        let Some(id) = self.cookie.read(headers) else {
            return Ok(None);
        };
        let is_there = self.sessions.visit(id).await.map_err(AppError::internal)?;
        Ok(is_there.then_some(id))
    }
}
