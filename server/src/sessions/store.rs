//! Sessions at rest: a state each, under a hash of the cookie's id, with two limits of time.
//!
//! They are the engine's like everything else (`docs/decisions/0030-sessions-are-states.md`), so every server on the
//! same backend knows them, their end is heard of everywhere, and their logins are in the log. A visit is a cached read;
//! it moves the end of its session at most once an hour, and never brings one back: it changes the version it read.

use std::{net::IpAddr, sync::Arc};

use app::{AppError, people::people};
use holdfast::{Actor, Clock, Error as Refusal, Expected, New, State, StateId, StateManager};

use super::{
    SessionId,
    record::{LogIn, Record, sessions},
};
use crate::settings::SessionSettings;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// A visit moves the end of its session no more often than this.
const TOUCH_EVERY_MS: i64 = 3600 * 1000;
/// When a person was last seen is written no more often than this.
const SEEN_EVERY_MS: i64 = 60 * 1000;

/// Why sessions cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine refused.
    #[error(transparent)]
    States(#[from] Refusal),
    /// A record is not as this program writes them.
    #[error("the session `{id}` cannot be read: {problem}")]
    Unreadable {
        /// What it is kept under.
        id: StateId,
        /// What is wrong with it.
        problem: serde_json::Error,
    },
    /// The file in which an earlier version kept sessions cannot be read.
    #[error("sessions.db: {0}")]
    Former(#[from] sqlx::Error),
    /// That file cannot be put aside.
    #[error("sessions.db: {0}")]
    PutAside(#[from] std::io::Error),
}

/// Whatever is wrong with sessions only we can mend; what passes once the database is itself again is told as such.
impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        match error {
            Error::States(refusal)
                if refusal.is_full() || refusal.is_away() || refusal.is_in_doubt() =>
            {
                refusal.into()
            }
            other => Self::internal(other),
        }
    }
}

/// Every session.
#[derive(Debug, Clone)]
pub struct Sessions {
    states: StateManager,
    clock: Arc<dyn Clock>,
    idle_ms: i64,
    absolute_ms: i64,
}

/// A session that is there, and who is logged in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The account.
    pub account: Option<String>,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// The workspace that the browser had before, while it is not decided what becomes of it.
    pub former: Option<String>,
}

impl Sessions {
    /// Sessions in this engine, which must put no limit on how many states a scope has.
    pub fn new(states: StateManager, settings: &SessionSettings, clock: Arc<dyn Clock>) -> Self {
        Self {
            states,
            clock,
            idle_ms: i64::from(settings.idle_days) * DAY_MS,
            absolute_ms: i64::from(settings.absolute_days) * DAY_MS,
        }
    }

    /// Keeps a new session.
    pub async fn start(&self, id: SessionId) -> Result<(), Error> {
        let (new, actor) = self.begun(id, None)?;
        self.states.register(new, &actor).await?;
        Ok(())
    }

    /// Keeps a new session in which somebody is logged in, if their account is still at the version at which they proved
    /// who they are; whether it is. Both are one step: who changes the account and then ends its sessions was seen here,
    /// or finds this one.
    pub(crate) async fn start_for(
        &self,
        id: SessionId,
        who: LogIn,
        version: u64,
    ) -> Result<bool, Error> {
        let account = StateId::new(who.account.as_str());
        let (new, actor) = self.begun(id, Some(who))?;
        let mut both = self.states.transaction(&actor);
        let now = both.get(&people(), &account).await?;
        if now.is_none_or(|now| now.version.0 != version) {
            return Ok(false);
        }
        both.register(new).await?;
        match both.commit().await {
            Ok(_) => Ok(true),
            Err(Refusal::Conflicts { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// A new session's state, and in whose name it is kept.
    fn begun(&self, id: SessionId, login: Option<LogIn>) -> Result<(New, Actor), Error> {
        let record = Record {
            created_at: self.now(),
            login,
            half: None,
        };
        let new = record.state(id.at_rest(), self.idle_ms.min(self.absolute_ms))?;
        Ok((new, record.actor()))
    }

    /// Whether this session is there and its time is not over, and who is logged in. A visit moves its end.
    pub async fn visit(&self, id: SessionId, address: IpAddr) -> Result<Option<Visit>, Error> {
        let found = self.states.look_up(&sessions(), &id.at_rest()).await?;
        let Some(state) = found else {
            return Ok(None);
        };
        let record = Record::of(&state)?;
        let (account, since, former) = match &record.login {
            Some(who) => (Some(who.account.clone()), who.since, who.former.clone()),
            None => (None, 0, None),
        };
        if let Err(error) = self.renew(&state, record, address).await {
            // The next visit does it: who is there is let in while the database can only be read.
            tracing::warn!(%error, "a visit could not be noted");
        }
        Ok(Some(Visit {
            account,
            since,
            former,
        }))
    }

    /// Notes a visit, when the last one that was noted is long enough ago.
    async fn renew(&self, state: &State, mut record: Record, address: IpAddr) -> Result<(), Error> {
        let now = self.now();
        let ends = state.expires_at.map_or(now, |at| at.0);
        let may_last = (now + self.idle_ms).min(record.created_at + self.absolute_ms);
        let is_worn = ends + TOUCH_EVERY_MS <= may_last;
        let unseen = |who: &&mut LogIn| who.seen + SEEN_EVERY_MS <= now;
        let unseen = record.login.as_mut().filter(unseen);
        if !is_worn && unseen.is_none() {
            return Ok(());
        }
        if let Some(who) = unseen {
            who.seen = now;
            who.address = address.to_string();
        }
        let new = record.state(state.id.clone(), may_last.max(ends) - now)?;
        let expected = Expected::Version(state.version);
        match self.states.put(new, expected, &record.actor()).await {
            // Another visit noted it, or the session ended in between and stays ended.
            Ok(_) | Err(Refusal::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a session, for good.
    pub async fn end(&self, id: SessionId) -> Result<(), Error> {
        self.delete(&id.at_rest()).await.map(drop)
    }

    /// Whether there was one to end.
    pub(super) async fn delete(&self, id: &StateId) -> Result<bool, Error> {
        let (scope, actor) = (sessions(), Actor::system());
        let deleted = self.states.delete(&scope, id, Expected::Any, &actor);
        match deleted.await {
            Ok(()) => Ok(true),
            Err(Refusal::Absent { .. } | Refusal::Expired { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn states(&self) -> &StateManager {
        &self.states
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().0
    }

    /// How long a browser may keep the cookie; the record ends earlier when nobody comes.
    pub(super) fn longest(&self) -> time::Duration {
        time::Duration::milliseconds(self.absolute_ms)
    }
}

#[cfg(test)]
#[path = "store_tests.rs"]
pub(super) mod tests;
