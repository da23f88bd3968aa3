//! What happens at the door when somebody logs in or out: another id each time, and the browser's work comes along.

use app::{
    AppError, AppState, SessionKey,
    people::{Account, Refused, Takeover},
};
use axum::http::{HeaderMap, HeaderValue, header};
use holdfast::{Actor, Expected, Kind, New, StateId, Ttl};
use serde_json::json;
use workbench::workspace::Workspace;

use super::{Door, SessionId, browser::browser, open::SESSION_STATE, record::LogIn};

/// Where somebody logs in from.
pub(crate) struct LoginFrom<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) address: std::net::IpAddr,
    /// Whether the browser keeps the cookie when it is closed.
    pub(crate) stays: bool,
}

impl Door {
    /// Logs a person in: a new session under a new id, and the end of the one the browser had. The cookie, and whether
    /// there is something to be asked about the browser's work. The account is as it was read when it was proved whose it is.
    ///
    /// # Errors
    /// [`Refused::Late`] where the account was changed since: another password or factor, suspended.
    pub(crate) async fn log_in(
        &self,
        state: &AppState,
        account: &Account,
        from: LoginFrom<'_>,
    ) -> Result<(HeaderValue, bool), Refused> {
        let before = self.visitor(from.headers, from.address).await?;
        let anonymous = before.account.is_none() && self.is_isolated;
        let former = before.session.filter(|_| anonymous);
        let former = self.bring(state, account, former).await?;
        let id = SessionId::random();
        let agent = from.headers.get(header::USER_AGENT);
        let now = self.clock.now().0;
        let who = LogIn {
            account: account.id.clone(),
            browser: browser(agent.and_then(|agent| agent.to_str().ok()).unwrap_or("")),
            address: from.address.to_string(),
            since: now,
            seen: now,
            former: former.as_ref().map(|key| key.0.to_string()),
        };
        let started = self.sessions.start_for(id, who, account.version).await;
        if !started.map_err(AppError::from)? {
            return Err(Refused::Late);
        }
        self.end(from.headers).await?;
        let longest = from.stays.then(|| self.sessions.longest());
        let cookie = self.cookie.set(id, longest);
        let cookie =
            cookie.ok_or_else(|| AppError::internal("the session cookie is no header value"))?;
        Ok((cookie, former.is_some()))
    }

    /// Logs out: the session ends, and the browser goes on with a new one that is nobody's.
    pub(crate) async fn log_out(
        &self,
        state: &AppState,
        headers: &HeaderMap,
        address: std::net::IpAddr,
    ) -> Result<Option<HeaderValue>, AppError> {
        self.end(headers).await?;
        Ok(match self.open(state, address).await {
            Ok(opened) => Some(opened.cookie),
            // Too many sessions at once: it opens one when it comes back.
            Err(_) => self.cookie.remove(),
        })
    }

    async fn end(&self, headers: &HeaderMap) -> Result<(), AppError> {
        match self.cookie.read(headers) {
            Some(id) => Ok(self.sessions.end(id).await?),
            None => Ok(()),
        }
    }

    /// Furnishes the account's workspace when it is first used, and brings the browser's work into it. The browser's
    /// workspace, if something of it is to be asked about.
    async fn bring(
        &self,
        state: &AppState,
        account: &Account,
        former: Option<SessionKey>,
    ) -> Result<Option<SessionKey>, AppError> {
        if !self.is_isolated {
            return Ok(None);
        }
        let mut asks = None;
        if let Some(key) = &former {
            let takeover = Takeover::new(&state.manager, &state.workbench, key, account).await?;
            match takeover.copy().await {
                Ok(questions) => asks = (!questions.is_empty()).then(|| key.clone()),
                // A full workspace keeps nobody out; what was not copied is asked about.
                Err(error) => {
                    tracing::warn!(%error, account = account.id, "a browser's work could not be copied whole");
                    asks = Some(key.clone());
                }
            }
        }
        self.furnish_account(state, account, former.is_none())
            .await?;
        Ok(asks)
    }

    /// Once for an account: the samples, unless it has tables or the browser brought its own.
    async fn furnish_account(
        &self,
        state: &AppState,
        account: &Account,
        with_samples: bool,
    ) -> Result<(), AppError> {
        let (scope, actor) = (account.scope(), program());
        let id = StateId::scoped(SESSION_STATE, &scope);
        if state.manager.look_up(&scope, &id).await?.is_some() {
            return Ok(());
        }
        if with_samples {
            let (manager, workbench) = (state.manager.clone(), state.workbench.clone());
            let workspace = Workspace::new(manager, workbench, scope.clone(), actor.clone());
            // Tables that came in before, at the terminal or by a program, are not covered by samples of their names.
            if workspace.tables().await?.is_empty() {
                workspace.restore_samples().await?;
            }
        }
        let new = New {
            id: Some(id),
            kind: Kind::SESSION,
            name: SESSION_STATE.into(),
            data: json!({ "started_at": self.clock.now().0 }),
            metadata: json!({ "role": "session" }),
            scope,
            ttl: Ttl::Never,
        };
        state.manager.put(new, Expected::Any, &actor).await?;
        Ok(())
    }
}

/// The program itself, where it furnishes an account.
fn program() -> Actor {
    Actor::new("accounts")
}
