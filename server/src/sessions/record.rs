//! The record of a session: a state among the sessions, under a hash of the cookie's id.

use std::time::Duration;

use app::people::Reserved;
use holdfast::{Actor, Kind, Lifecycle, New, Scope, State, StateId, Status, Transition, Ttl};
use serde::{Deserialize, Serialize};

use super::Error;

/// The kind of these records.
pub(crate) const RECORD: &str = "browser";

/// How a record may change: until its time is over, or it is deleted.
pub(crate) fn lifecycle_of_records() -> Lifecycle {
    Lifecycle::starting(Status::ACTIVE)
        .update([Status::ACTIVE])
        .step(Transition::EXPIRE, [Status::ACTIVE], Status::EXPIRED)
}

/// Where sessions are.
pub(crate) fn sessions() -> Scope {
    Reserved::Sessions.scope()
}

/// What is kept of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// When it began, in milliseconds since 1970: it ends so long after, however often it is visited.
    pub(super) created_at: i64,
    /// Who is logged in there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) login: Option<LogIn>,
    /// Who proved their password there, and not yet their second factor. It makes nobody of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) half: Option<Half>,
}

/// The first half of a log-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Half {
    pub(crate) account: String,
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
    /// Whether the browser is to keep the cookie when it is closed.
    pub(crate) stays: bool,
    /// The account's version then: who proved their password before a change of the account proves it again.
    #[serde(default)]
    pub(crate) version: u64,
}

/// Who is logged in, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogIn {
    pub(crate) account: String,
    /// The browser, in words.
    pub(crate) browser: String,
    /// The address it was last used from.
    pub(crate) address: String,
    /// Since when, in milliseconds since 1970.
    pub(crate) since: i64,
    /// When it was last used.
    pub(crate) seen: i64,
    /// The workspace that the browser had before, while it is not decided what becomes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) former: Option<String>,
}

impl Record {
    /// The record that a state is.
    pub(super) fn of(state: &State) -> Result<Self, Error> {
        Self::deserialize(&state.data).map_err(|problem| Error::Unreadable {
            id: state.id.clone(),
            problem,
        })
    }

    /// In whose name it is written: whoever reads the log sees who logged in, and from where.
    pub(super) fn actor(&self) -> Actor {
        let person = |who: &LogIn| Actor {
            address: who.address.parse().ok(),
            ..Actor::new(format!("user:{}", who.account))
        };
        self.login.as_ref().map_or_else(Actor::system, person)
    }

    /// The state that this record is, ending in so many milliseconds.
    pub(super) fn state(&self, id: StateId, ends_in: i64) -> Result<New, Error> {
        let data = serde_json::to_value(self).map_err(|problem| Error::Unreadable {
            id: id.clone(),
            problem,
        })?;
        let life = Duration::from_millis(ends_in.max(0).unsigned_abs());
        let new = New::of(Kind::new(RECORD), "browser", sessions(), data);
        Ok(new.with_id(id).with_ttl(Ttl::For(life)))
    }
}
