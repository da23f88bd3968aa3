//! Between a password and the code after it: written into the browser's session, which stays nobody's, and over after five
//! minutes. What ends it is the log-in, which ends that session.

use app::{AppError, AppState, people::Account};
use axum::http::{HeaderMap, HeaderValue};
use holdfast::{Actor, Expected};

use super::{
    Door, Error, SessionId, Sessions,
    log_in::LoginFrom,
    record::{Half, Record, sessions},
};

/// How long a code may be waited for: long enough to look for a telephone.
const WAIT_MS: i64 = 5 * 60 * 1000;

impl Door {
    /// Remembers that this browser's person proved the account's password. The cookie of the session that it is remembered in,
    /// if the browser had none.
    pub(crate) async fn keep_half(
        &self,
        state: &AppState,
        account: &Account,
        from: LoginFrom<'_>,
    ) -> Result<Option<HeaderValue>, AppError> {
        let half = Half {
            account: account.id.clone(),
            at: self.clock.now().0,
            stays: from.stays,
            version: account.version,
        };
        if let Some(id) = self.cookie.read(from.headers)
            && self.sessions.keep_half(id, &half).await?
        {
            return Ok(None);
        }
        let opened = self.open(state, from.address).await?;
        match self.sessions.keep_half(opened.id, &half).await? {
            true => Ok(Some(opened.cookie)),
            false => Err(AppError::internal("a session was over as soon as it began")),
        }
    }

    /// Who proved their password in this browser within the last minutes, and nothing of their account was changed since.
    pub(crate) async fn half(&self, headers: &HeaderMap) -> Result<Option<Half>, AppError> {
        let Some(id) = self.cookie.read(headers) else {
            return Ok(None);
        };
        let Some(half) = self.sessions.half(id).await? else {
            return Ok(None);
        };
        let waited = self.clock.now().0.saturating_sub(half.at);
        let account = self.people.account(&half.account).await?;
        let is_same = account.is_some_and(|account| account.version == half.version);
        Ok((waited < WAIT_MS && is_same).then_some(half))
    }
}

impl Sessions {
    /// Whether there is such a session to keep it in.
    async fn keep_half(&self, id: SessionId, half: &Half) -> Result<bool, Error> {
        let (id, actor) = (id.at_rest(), Actor::system());
        loop {
            let Some(state) = self.states().look_up(&sessions(), &id).await? else {
                return Ok(false);
            };
            let mut record = Record::of(&state)?;
            record.half = Some(half.clone());
            let ends_in = state.expires_at.map_or(0, |at| at.0 - self.now());
            let new = record.state(id.clone(), ends_in)?;
            let expected = Expected::Version(state.version);
            match self.states().put(new, expected, &actor).await {
                // A visit was noted in between.
                Err(holdfast::Error::Conflict { .. }) => {}
                done => return Ok(done.map(|_| true)?),
            }
        }
    }

    async fn half(&self, id: SessionId) -> Result<Option<Half>, Error> {
        let found = self.states().look_up(&sessions(), &id.at_rest()).await?;
        let record = found.as_deref().map(Record::of).transpose()?;
        Ok(record.and_then(|record| record.half))
    }
}
