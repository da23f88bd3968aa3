//! Has the log compacted every so often.

use std::time::Duration;

use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::Compaction;
use crate::{StateManager, schema::Mode};

impl StateManager {
    /// Compacts every so often, the first time after that long, until the returned guard is dropped.
    pub fn spawn_compactor(&self, policies: Compaction, every: Duration) -> Compactor {
        let states = self.clone();
        Compactor(tokio::spawn(async move {
            let begin = tokio::time::Instant::now() + every;
            let mut ticks = tokio::time::interval_at(begin, every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                match states.compact(&policies, Mode::Apply).await {
                    Ok(done) => tracing::info!(
                        examined = done.examined,
                        removed = done.total(),
                        bytes = done.bytes,
                        held = done.held,
                        "old versions were compacted"
                    ),
                    Err(error) => {
                        tracing::warn!(%error, "a compaction failed; the next one follows");
                    }
                }
            }
        }))
    }
}

/// The background compaction. It stops when this is dropped.
#[derive(Debug)]
#[must_use = "the compactor stops when this is dropped"]
pub struct Compactor(JoinHandle<()>);

impl Drop for Compactor {
    fn drop(&mut self) {
        self.0.abort();
    }
}
