//! Deleted runs: their tables are put aside, can be brought back, and are swept after a while.

use std::time::Duration;

use holdfast::{Expected, HistoryQuery, StateId, Status, Timestamp, Transition};

use super::{
    By, Runs, RunsError,
    name::is_id,
    record::{Access, info},
};
use crate::simulation::{RunInfo, RunStatus};

impl Runs {
    /// Deletes a run that is over. Its history stays, and its tables are put aside.
    ///
    /// # Errors
    /// [`RunsError::Pending`] where it is not over.
    pub async fn delete(&self, by: &By, id: &str) -> Result<(), RunsError> {
        let state = self.find(&by.scope, id).await?;
        if state.status == Status::PENDING {
            return Err(RunsError::Pending(id.to_owned()));
        }
        let states = &self.inner.states;
        states
            .delete(&by.scope, &state.id, Expected::Any, &by.actor)
            .await?;
        self.inner.memory.forget(id);
        let (id, now) = (id.to_owned(), self.inner.clock.now());
        self.blocking(move |home| home.put_aside(&id, now)).await
    }

    /// Brings a deleted run back, as it was.
    ///
    /// # Errors
    /// [`RunsError::Missing`] where no such run was deleted here, [`RunsError::Swept`] where its tables are gone.
    pub async fn restore(&self, by: &By, id: &str) -> Result<RunInfo, RunsError> {
        let missing = || RunsError::Missing(id.to_owned());
        if !is_id(id) {
            return Err(missing());
        }
        let (state_id, states) = (StateId::new(id), &self.inner.states);
        let newest = states
            .history(&by.scope, &state_id, HistoryQuery::last(1))
            .await?;
        let newest = newest.into_iter().next().ok_or_else(missing)?;
        let is_deleted = newest.transition == Transition::DELETE;
        let before = newest.before.filter(|_| is_deleted).ok_or_else(missing)?;
        let has_tables = info(&before, Access::default())?.status == RunStatus::Completed;
        let run = id.to_owned();
        if has_tables && !self.blocking(move |home| home.bring_back(&run)).await? {
            return Err(RunsError::Swept(id.to_owned()));
        }
        let expected = Expected::Version(newest.after.version);
        let back = states
            .rollback(&by.scope, &state_id, before.version, expected, &by.actor)
            .await;
        match back {
            Ok(state) => Ok(info(&state, self.access(id).await?)?),
            Err(refused) => {
                let (run, at) = (id.to_owned(), Timestamp(newest.at.0));
                self.blocking(move |home| home.put_aside(&run, at)).await?;
                Err(refused.into())
            }
        }
    }

    /// Removes the tables of runs that were deleted longer ago than `kept`: how many there were. They cannot be
    /// brought back then; the same protocol and seed give them again.
    ///
    /// # Errors
    /// [`RunsError::Files`].
    pub async fn sweep(&self, kept: Duration) -> Result<usize, RunsError> {
        let kept = i64::try_from(kept.as_millis()).unwrap_or(i64::MAX);
        let until = Timestamp(self.inner.clock.now().0.saturating_sub(kept));
        // Where a run came to nothing and the store was away, its objects are still there.
        self.settle().await?;
        self.blocking(move |home| home.sweep(until)).await
    }
}
