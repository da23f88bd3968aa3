//! Servers that share runs and no folder: a note beside the log says of each run that is not over until when its server is
//! believed to live, and the run of one that went away fails.
//!
//! Where the folder is shared the lock on a run's marker says so without a clock (`home`), and nothing is noted. Clocks differ,
//! and a server may have been cut off for a while, so none is taken for dead at once: it is doubted first, and has as long
//! again to say that it lives.

use std::{collections::BTreeMap, time::Duration};

use holdfast::{Scope, Status, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Runs, RunsError, record};
use crate::Error;

const NOTE: &str = "simulations-going";
/// For how long a server is believed to live that said so.
const LEASE: Duration = Duration::from_secs(120);
/// How long a database is left alone that has just failed.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the note is written against servers that do so at the same moment.
const TRIES: usize = 50;

/// What the state of a run says whose server went away.
const REASON: &str =
    "its server went away while it was being simulated; start it again with the same seed";

/// Runs that are not over, by id.
type Going = BTreeMap<String, Sign>;

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sign {
    scope: Scope,
    until: Timestamp,
    is_doubted: bool,
}

impl Runs {
    /// Says that the server of this run lives.
    pub(super) async fn sign(&self, scope: &Scope, id: &str) -> Result<(), RunsError> {
        if self.inner.home.storage.is_local() {
            return Ok(());
        }
        let sign = Sign {
            scope: scope.clone(),
            until: self.after(LEASE),
            is_doubted: false,
        };
        self.change_going(|going| drop(going.insert(id.to_owned(), sign.clone())))
            .await
    }

    /// Says so for as long as this is waited for.
    pub(super) async fn keep_signing(&self, scope: &Scope, id: &str) {
        if self.inner.home.storage.is_local() {
            return;
        }
        let mut pause = LEASE / 3;
        loop {
            self.inner.clock.until(self.after(pause)).await;
            pause = match self.sign(scope, id).await {
                Ok(()) => LEASE / 3,
                Err(error) => {
                    tracing::warn!(%id, %error, "that a run goes on could not be noted; tried again");
                    PAUSE
                }
            };
        }
    }

    /// The run is over, and nobody need say any more that its server lives. What stays noted goes with the next sweeps.
    pub(super) async fn sign_off(&self, id: &str) {
        if self.inner.home.storage.is_local() {
            return;
        }
        let gone = self.change_going(|going| drop(going.remove(id))).await;
        if let Err(error) = gone {
            tracing::warn!(%id, %error, "that a run is over could not be noted beside its state");
        }
    }

    /// Fails each run whose server went away.
    pub(super) async fn settle_gone(&self) -> Result<(), RunsError> {
        if self.inner.home.storage.is_local() {
            return Ok(());
        }
        let (now, until) = (self.inner.clock.now(), self.after(LEASE));
        let doubt = |going: &mut Going| {
            let mut gone = Vec::new();
            for (id, sign) in going.iter_mut().filter(|(_, sign)| sign.until < now) {
                if sign.is_doubted {
                    gone.push((id.clone(), sign.scope.clone()));
                } else {
                    (sign.is_doubted, sign.until) = (true, until);
                }
            }
            gone
        };
        for (id, scope) in self.change_going(doubt).await? {
            // One that cannot be written down keeps nobody else's from it.
            if let Err(error) = self.fail_gone(&scope, &id).await {
                tracing::warn!(%id, %error, "the run of a server that went away could not be failed; tried again with the next sweep");
            }
        }
        Ok(())
    }

    async fn fail_gone(&self, scope: &Scope, id: &str) -> Result<(), RunsError> {
        let reason = Err(REASON.into());
        if self.write_down(scope, id, &reason).await? {
            tracing::warn!(%id, "the server went away that simulated a run");
        }
        // One that is completed was only not signed off.
        let state = self.state_of(scope, id).await?;
        if state.is_some_and(|state| state.status == Status::FAILED) {
            let run = id.to_owned();
            let remove = self.blocking(move |home| home.storage.remove(&home.tables(&run)));
            match remove.await {
                // Its objects go when the store is back.
                Err(RunsError::Files(Error::StoreAway { .. })) => return Ok(()),
                removed => removed?,
            }
        }
        self.sign_off(id).await;
        Ok(())
    }

    async fn change_going<T>(
        &self,
        change: impl Fn(&mut Going) -> T + Send + Sync,
    ) -> Result<T, RunsError> {
        let states = &self.inner.states;
        for _ in 0..TRIES {
            let (before, seen) = match states.note(NOTE).await? {
                Some(note) => (read(note.value), note.version),
                None => (Going::new(), 0),
            };
            let mut going = before.clone();
            let told = change(&mut going);
            let value = record::json(&going)?;
            if going == before || states.write_note(NOTE, seen, Some(&value)).await? {
                return Ok(told);
            }
        }
        Err(Error::Internal("other servers always noted their runs first".into()).into())
    }

    fn after(&self, time: Duration) -> Timestamp {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.inner.clock.now().0.saturating_add(time))
    }
}

/// A note of another shape tells nothing of a run: who simulates one says so again.
fn read(value: serde_json::Value) -> Going {
    serde_json::from_value(value).unwrap_or_default()
}
