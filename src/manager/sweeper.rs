//! Ends the states whose time is over: a recorded transition, like any other change.
//!
//! Readers and writers never depend on it; they treat what is over as over. It makes the end
//! visible in the history, the log and to watchers. With a session everything in its scope ends.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::StateManager;
use crate::{
    Error, State,
    backend::{Due, Outcome},
};

/// How many states are ended at once: enough for a group commit, few enough that other writers
/// hardly wait.
pub(super) const AT_ONCE: usize = 256;

/// Pages of which others had changed every state: they are at it, and the next sweep finds what they leave.
const TRIES: usize = 16;

/// What became of a state whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Its end is in the log.
    Ended,
    /// Somebody else wrote it meanwhile, perhaps its end.
    Changed,
    /// It cannot be ended now, and is passed over.
    Stays,
}

impl StateManager {
    /// Ends every state whose time is over, and says how many there were. One that cannot be ended now is
    /// logged and left for the next sweep; the others end all the same.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let now = self.0.clock.now();
        let (mut total, mut stayed, mut overtaken) = (0, 0, 0);
        while overtaken < TRIES {
            let due = self.0.backend.due(now, stayed, AT_ONCE);
            let due = self.within("sweep", due).await?;
            if due.is_empty() {
                break;
            }
            let ends = join_all(due.into_iter().map(|state| self.end_one(state))).await;
            let count = |wanted: End| ends.iter().filter(|end| **end == wanted).count();
            total += count(End::Ended);
            stayed += count(End::Stays);
            let is_overtaken = count(End::Changed) == ends.len();
            overtaken = if is_overtaken { overtaken + 1 } else { 0 };
        }
        Ok(total)
    }

    /// Sweeps every so often, until the returned guard is dropped.
    pub fn spawn_sweeper(&self, every: Duration) -> Sweeper {
        let states = self.clone();
        Sweeper(tokio::spawn(async move {
            let mut ticks = tokio::time::interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                match states.sweep().await {
                    Ok(0) => {}
                    Ok(ended) => tracing::debug!(ended, "states expired"),
                    Err(error) => tracing::warn!(%error, "a sweep failed; the next one follows"),
                }
            }
        }))
    }

    async fn end_one(&self, due: Due) -> End {
        let state = match due {
            Ok(state) => state,
            Err(error) => {
                tracing::warn!(error, "a state whose time is over cannot be read");
                return End::Stays;
            }
        };
        match self.try_to_end(&state).await {
            Ok(end) => end,
            Err(error) => {
                let (scope, id) = (&state.scope, &state.id);
                tracing::warn!(%scope, %id, %error, "a state whose time is over cannot be ended");
                End::Stays
            }
        }
    }

    async fn try_to_end(&self, state: &Arc<State>) -> Result<End, Error> {
        let (writes, _) = self.ended(state)?;
        if writes.is_empty() {
            return Ok(End::Stays);
        }
        if !self.end_rest(state).await? {
            return Ok(End::Changed);
        }
        match self
            .within("sweep", self.0.backend.apply(writes.into()))
            .await?
        {
            Outcome::Applied(changes) => {
                self.0.metrics.wrote(&changes);
                Ok(End::Ended)
            }
            Outcome::Stale(_) => Ok(End::Changed),
            Outcome::OverQuota { .. } => Ok(End::Stays),
        }
    }
}

/// The background sweeper. It stops when this is dropped.
#[derive(Debug)]
#[must_use = "the sweeper stops when this is dropped"]
pub struct Sweeper(JoinHandle<()>);

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}
