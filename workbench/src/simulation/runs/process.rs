//! What happens to a run until it is over: its turn, its simulation, and what is written down in the end.
//!
//! The end is the program's own deed, whoever ordered the run: it must be told even if they may not write any more.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use holdfast::{
    Actor, Error as StateError, Expected, Revision, Scope, StateId, Status, Transition, Update,
};
use serde_json::json;

use super::{
    Active, Runs, RunsError,
    home::{Held, Home},
    record,
};
use crate::{
    Error,
    simulation::{Order, RunResult, protocol::Protocol, simulate},
};

/// How often the end of a run is written down against people who change its tags at the same moment.
pub(super) const TRIES: usize = 20;

/// A run that waits for its turn.
pub(super) struct Job {
    pub(super) id: String,
    pub(super) scope: Scope,
    /// A place in the log before it was registered.
    pub(super) since: Revision,
    pub(super) order: Order,
    pub(super) protocol: Protocol,
    pub(super) folder: PathBuf,
    pub(super) held: Held,
    pub(super) active: Arc<Active>,
}

impl Runs {
    /// Simulates a run when its turn comes, and writes down how it ended.
    pub(super) async fn process(self, job: Job) {
        let Job {
            id,
            scope,
            since,
            order,
            protocol,
            folder,
            held,
            active,
        } = job;
        let attending = tokio::spawn(self.clone().attend(
            scope.clone(),
            id.clone(),
            since,
            Arc::clone(&active),
        ));
        let run = Arc::clone(&active);
        let name = id.clone();
        let threads = self.inner.threads.load(Ordering::Relaxed);
        let work = move |home: &Home| {
            let begun = Instant::now();
            let (meter, cancel) = (&run.meter, &run.cancel);
            let done = simulate(&protocol, &order, &folder, threads, meter, cancel)?;
            home.keep(&name)?;
            Ok(RunResult {
                patients: done.patients,
                visits: done.visits,
                bytes: done.bytes,
                checksum: done.checksum,
                runtime_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
                means: done.means,
            })
        };
        let outcome = self.in_turn(&active, work).await;
        attending.abort();
        let outcome = outcome.map_err(|error| match (error, active.why.get()) {
            (RunsError::Files(Error::Cancelled), Some(why)) => why.clone(),
            (error, _) => error.to_string(),
        });
        if let Err(error) = self.conclude(&scope, &id, held, outcome).await {
            // The marker stays: the next sweep finds it, and says that the run has failed.
            tracing::error!(%id, %error, "the end of a run could not be written down");
        }
        self.with_active(|all| all.remove(&id));
        active.over.cancel();
    }

    /// What goes on beside the work: others are heard, and told that this server lives.
    async fn attend(self, scope: Scope, id: String, since: Revision, active: Arc<Active>) {
        tokio::join!(
            self.listen(&scope, &id, since, &active),
            self.keep_signing(&scope, &id)
        );
    }

    /// Works when no other run does, unless it is cancelled before.
    async fn in_turn<T: Send + 'static>(
        &self,
        active: &Active,
        work: impl FnOnce(&Home) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, RunsError> {
        let turn = tokio::select! {
            biased;
            () = active.cancel.cancelled() => None,
            turn = self.inner.turn.acquire() => turn.ok(),
        };
        // Held until the work is done.
        let Some(_turn) = turn else {
            return Err(Error::Cancelled.into());
        };
        self.blocking(work).await
    }

    /// Writes down how a run ended, then removes what is left of it.
    pub(super) async fn conclude(
        &self,
        scope: &Scope,
        id: &str,
        held: Held,
        outcome: Result<RunResult, String>,
    ) -> Result<(), RunsError> {
        let is_written = self.write_down(scope, id, &outcome).await?;
        let is_kept = is_written && outcome.is_ok();
        let run = id.to_owned();
        self.blocking(move |home| {
            if !is_kept {
                home.discard(&run)?;
            }
            held.release()
        })
        .await?;
        self.sign_off(id).await;
        Ok(())
    }

    /// The end in the state: result or reason, and the step out of pending, both or none. `false` where the run is
    /// not pending (any more).
    pub(super) async fn write_down(
        &self,
        scope: &Scope,
        id: &str,
        outcome: &Result<RunResult, String>,
    ) -> Result<bool, RunsError> {
        let (data, step) = match outcome {
            Ok(result) => (
                json!({ "result": record::json(result)? }),
                Transition::ACTIVATE,
            ),
            Err(reason) => (json!({ "reason": reason }), Transition::EXPIRE),
        };
        let id = StateId::new(id);
        let mut tries = 0;
        loop {
            let mut writes = self.inner.states.transaction(&Actor::system());
            let found = match writes.get(scope, &id).await {
                // With the session it belonged to.
                Err(StateError::Expired { .. }) => None,
                found => found?,
            };
            if found.is_none_or(|state| state.status != Status::PENDING) {
                return Ok(false);
            }
            let update = Update::Merge(data.clone());
            writes.update(scope, &id, update, Expected::Any).await?;
            writes
                .transition(scope, &id, step.clone(), Expected::Any)
                .await?;
            match writes.commit().await {
                Ok(_) => return Ok(true),
                Err(StateError::Conflicts { .. }) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }
}
