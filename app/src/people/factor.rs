//! A second factor as it is kept: a state of the kind `factor` among the accounts, sealed where there is a master key.
//!
//! An account names its factor, so there is one at most, and an account that names one that cannot be read lets nobody in. One
//! that is being set up belongs to the login that began it, and is over after a quarter of an hour.

use std::time::Duration;

use holdfast::{Kind, Lifecycle, New, State, StateId, Status, Timestamp, Transition, Ttl};
use serde::{Deserialize, Serialize};

use super::{
    account::people,
    recovery,
    totp::{Code, Key},
};
use crate::AppError;

/// The kind of second factors.
pub const FACTOR: &str = "factor";
/// One that is being set up lives so long: it takes a minute, and an app that has to be found first some more.
const SET_UP: Duration = Duration::from_secs(15 * 60);

/// How a factor may change.
pub fn lifecycle_of_factors() -> Lifecycle {
    Lifecycle::starting(Status::ACTIVE)
        .update([Status::ACTIVE])
        .step(Transition::EXPIRE, [Status::ACTIVE], Status::EXPIRED)
}

/// What is known of a person's authenticator and of their recovery codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Factor {
    /// Whose it is.
    pub(super) account: String,
    pub(super) key: Key,
    /// The last time step whose code was used: none before it is good any more.
    pub(super) used: i64,
    /// Since when it is asked for, in milliseconds since 1970.
    pub(super) since: i64,
    /// The hashes of the recovery codes that are left.
    pub(super) recovery: Vec<String>,
}

impl Factor {
    /// One with another key, to be set up.
    pub(super) fn begun(account: &str) -> Self {
        Self {
            account: account.to_owned(),
            key: Key::random(),
            used: 0,
            since: 0,
            recovery: Vec::new(),
        }
    }

    /// The factor that a state is.
    pub(super) fn of(state: &State) -> Result<Self, AppError> {
        Self::deserialize(&state.data).map_err(AppError::internal)
    }

    /// What is left of it once this was used; `None` for what is no code of it, or was used before.
    pub(super) fn spent(mut self, typed: &str, now: Timestamp) -> Option<Self> {
        if let Some(code) = Code::parse(typed) {
            self.used = self.key.step_of(code, now, self.used)?;
            return Some(self);
        }
        let digest = recovery::digest(typed);
        let at = self.recovery.iter().position(|kept| *kept == digest)?;
        self.recovery.remove(at);
        Some(self)
    }

    /// Gives it other recovery codes, which are known here only.
    pub(super) fn renew(&mut self) -> Vec<String> {
        let codes = recovery::fresh();
        self.recovery = codes.iter().map(|code| recovery::digest(code)).collect();
        codes
    }

    /// The state that it is, under this id.
    pub(super) fn state(&self, id: StateId, ttl: Ttl) -> Result<New, AppError> {
        let data = serde_json::to_value(self).map_err(AppError::internal)?;
        let new = New::of(Kind::new(FACTOR), "second factor", people(), data);
        Ok(new.with_id(id).with_ttl(ttl))
    }
}

/// Where one is while it is set up in this login.
pub(super) fn set_up_in(login: &str) -> StateId {
    StateId::new(format!("{FACTOR}-set-up-{login}"))
}

/// How long it may take.
pub(super) fn set_up() -> Ttl {
    Ttl::For(SET_UP)
}

/// A name for one that is set up, which no other had.
pub(super) fn new_id() -> StateId {
    let random = hex::encode(rand::random::<[u8; 16]>());
    StateId::new(format!("{FACTOR}-{random}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_recovery_code_is_good_once_and_new_ones_end_the_old() {
        let (mut factor, now) = (Factor::begun("ada"), Timestamp(0));
        let codes = factor.renew();
        let left = factor.clone().spent(&codes[3], now).unwrap();
        assert_eq!(left.recovery.len(), recovery::MANY - 1);
        assert_eq!(left.clone().spent(&codes[3], now), None);
        assert_eq!(
            factor.clone().spent("000000-000000-000000-000000", now),
            None
        );
        assert_eq!(factor.clone().spent("", now), None);
        factor.renew();
        assert_eq!(factor.spent(&codes[4], now), None);
    }

    #[test]
    fn what_is_kept_is_read_back_and_holds_no_recovery_code() {
        let mut factor = Factor::begun("ada");
        let codes = factor.renew();
        let new = factor.state(new_id(), Ttl::Never).unwrap();
        assert_eq!(Factor::deserialize(&new.data).unwrap(), factor);
        let kept = new.data.to_string();
        assert!(codes.iter().all(|code| !kept.contains(code)));
        assert!(!format!("{factor:?}").contains(&factor.key.text()));
    }
}
