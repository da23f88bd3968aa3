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

impl StateManager {
    /// Ends every state whose time is over, and says how many there were. One that cannot be ended now is
    /// logged and left for the next sweep; the others end all the same.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let now = self.0.clock.now();
        let (mut total, mut stayed) = (0, 0);
        loop {
            let due = self.0.backend.due(now, stayed, AT_ONCE);
            let due = self.within("sweep", due).await?;
            if due.is_empty() {
                return Ok(total);
            }
            let page = due.len();
            let ended = join_all(due.into_iter().map(|state| self.end_one(state))).await;
            let ended = ended.into_iter().filter(|is_ended| *is_ended).count();
            total += ended;
            stayed += page - ended;
        }
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

    /// Whether this state was ended. One that changed meanwhile is not, nor one that cannot be.
    async fn end_one(&self, due: Due) -> bool {
        let state = match due {
            Ok(state) => state,
            Err(error) => {
                tracing::warn!(error, "a state whose time is over cannot be read");
                return false;
            }
        };
        match self.try_to_end(&state).await {
            Ok(is_ended) => is_ended,
            Err(error) => {
                let (scope, id) = (&state.scope, &state.id);
                tracing::warn!(%scope, %id, %error, "a state whose time is over cannot be ended");
                false
            }
        }
    }

    async fn try_to_end(&self, state: &Arc<State>) -> Result<bool, Error> {
        let (writes, _) = self.ended(state)?;
        if writes.is_empty() || !self.end_rest(state).await? {
            return Ok(false);
        }
        match self
            .within("sweep", self.0.backend.apply(writes.into()))
            .await?
        {
            Outcome::Applied(changes) => {
                self.0.metrics.wrote(&changes);
                Ok(true)
            }
            Outcome::Stale(_) | Outcome::OverQuota { .. } => Ok(false),
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
