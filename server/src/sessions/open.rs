//! The door: the only place where a session comes to be, with the workspace behind it.
//!
//! Pages and server functions never open one. The browser knocks once for all its tabs, under a
//! lock of its own (`app/src/session.rs`); a plain form knocks where there is no script.

use std::{net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use app::{AppError, AppState, SessionKey, Visitor, people::People};
use axum::http::{HeaderMap, HeaderValue, header};
use holdfast::{Clock, Expected, Kind, New, Scope, StateId, Ttl};
use serde_json::json;

use super::{CookieStyle, SessionId, Sessions, layer::known, rate::Rate};

/// Name of the state that says when a session began; its end is a recorded transition.
pub(super) const SESSION_STATE: &str = "session";

/// What it takes to find or open a session. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Door(Arc<DoorParts>);

/// What is in it.
pub(crate) struct DoorParts {
    pub(crate) sessions: Sessions,
    pub(crate) cookie: CookieStyle,
    pub(crate) is_isolated: bool,
    pub(crate) rate: Rate,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) people: People,
}

impl From<DoorParts> for Door {
    fn from(parts: DoorParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Door {
    type Target = DoorParts;

    fn deref(&self) -> &DoorParts {
        &self.0
    }
}

impl Door {
    /// Opens a session with the sample study in its workspace. The record is kept last: what
    /// fails before leaves no session behind.
    pub(crate) async fn open(&self, state: &AppState, address: IpAddr) -> Result<Opened, AppError> {
        if !self.rate.allows(address, self.clock.now()) {
            return Err(AppError::Busy(
                "Too many new sessions from this address. Try again in a minute.".into(),
            ));
        }
        let id = SessionId::random();
        let visitor = Visitor {
            session: Some(id.key(self.is_isolated)),
            address: known(address),
            ..Visitor::default()
        };
        self.furnish(state, &visitor).await?;
        self.sessions.start(id).await?;
        let cookie = self.cookie.set(id, Some(self.sessions.longest()));
        let cookie =
            cookie.ok_or_else(|| AppError::internal("the session cookie is no header value"))?;
        Ok(Opened {
            id,
            visitor,
            cookie,
        })
    }

    /// The session's own state, and the sample study. A workspace that everybody shares is
    /// furnished once: the samples a person removed stay removed.
    async fn furnish(&self, state: &AppState, visitor: &Visitor) -> Result<(), AppError> {
        let (Some(workspace), Some(scope), Some(actor)) = (
            visitor.workspace(state, None),
            visitor.scope(),
            visitor.actor(None),
        ) else {
            return Err(AppError::NoSession);
        };
        let id = StateId::scoped(SESSION_STATE, &scope);
        if !self.is_isolated && matches!(state.manager.get(&scope, &id).await, Ok(Some(_))) {
            return Ok(());
        }
        workspace.restore_samples().await?;
        state
            .manager
            .put(self.session_state(id, scope), Expected::Any, &actor)
            .await?;
        Ok(())
    }

    fn session_state(&self, id: StateId, scope: Scope) -> New {
        let seconds = self.sessions.longest().whole_seconds().unsigned_abs();
        New {
            id: Some(id),
            kind: Kind::SESSION,
            name: SESSION_STATE.into(),
            data: json!({ "started_at": self.clock.now().0 }),
            metadata: json!({ "role": "session" }),
            scope,
            ttl: if self.is_isolated {
                Ttl::For(Duration::from_secs(seconds))
            } else {
                Ttl::Never
            },
        }
    }
}

/// A session that has just come to be.
pub(crate) struct Opened {
    pub(super) id: SessionId,
    pub(crate) visitor: Visitor,
    pub(crate) cookie: HeaderValue,
}

/// The visitor's session, opened where there is none and the request is a plain form's; with the
/// cookie to set, if any. A script without a session is refused: it has a door of its own.
pub(crate) async fn ensure(
    door: &Door,
    state: &AppState,
    visitor: Visitor,
    headers: &HeaderMap,
    address: IpAddr,
) -> Result<(Visitor, Option<HeaderValue>), AppError> {
    if visitor.session.is_some() {
        return Ok((visitor, None));
    }
    if !is_plain_form(headers) {
        return Err(AppError::NoSession);
    }
    let opened = door.open(state, address).await?;
    Ok((opened.visitor, Some(opened.cookie)))
}

/// Whether a page, not a script, sent this: it wants to see HTML.
pub(crate) fn is_plain_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// A session's key for a line of the log.
pub(crate) fn name(key: Option<&SessionKey>) -> &str {
    key.map_or("none", |key| &key.0)
}
