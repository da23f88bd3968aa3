//! Ends the states whose time is over: a recorded transition, like any other change.
//!
//! Readers and writers never depend on it; they treat what is over as over. It makes the end
//! visible in the history, the log and to watchers. With a session everything in its scope ends.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::StateManager;
use crate::{Error, State, backend::Outcome};

/// How many states are ended at once: enough for a group commit, few enough that other writers
/// hardly wait.
pub(super) const AT_ONCE: usize = 256;

impl StateManager {
    /// Ends every state whose time is over, and says how many there were.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let now = self.0.clock.now();
        let mut total = 0;
        loop {
            let due = self
                .within("sweep", self.0.backend.due(now, AT_ONCE))
                .await?;
            let mut ended = 0;
            for result in join_all(due.iter().map(|state| self.end_one(state))).await {
                ended += usize::from(result?);
            }
            total += ended;
            // A whole page of states that somebody else is writing is left for the next sweep.
            if ended == 0 {
                return Ok(total);
            }
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

    /// Whether this state was ended. One that changed meanwhile is not.
    async fn end_one(&self, state: &Arc<State>) -> Result<bool, Error> {
        let (writes, _) = self.ended(state)?;
        if writes.is_empty() {
            return Ok(false);
        }
        self.end_rest(state).await?;
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
