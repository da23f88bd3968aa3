//! Deleted runs: their tables are put aside, can be brought back, and are swept after a while.
//!
//! The states of all runs that are deleted or brought back together change in one transaction, or none does; that is
//! what is atomic. Their tables follow. Before a deletion it is noted which tables will go; before a return the tables
//! come into their places, as a state that is there promises them; afterwards, however it ended, each run's tables go
//! where its state says. A server that dies in between leaves notes beside tables that are in place, and the next sweep
//! has them follow: nothing is lost by it, and nothing stays behind. An object store is told with them, and where it was
//! away, by the next sweep that finds it there.

use std::time::Duration;

use holdfast::{Expected, HistoryQuery, Scope, StateId, Status, Timestamp, Transition};

use super::{
    By, Runs, RunsError,
    aside::{Note, Placed},
    bulk::{commit, distinct, look},
    name::is_id,
    record::{Access, info},
};
use crate::simulation::{RunInfo, RunStatus};

/// How long a deletion takes at most: what was noted before is no business of a living server any more.
const HALFWAY: Duration = Duration::from_secs(600);

impl Runs {
    /// Deletes a run that is over, as [`Runs::delete_all`].
    ///
    /// # Errors
    /// As [`Runs::delete_all`].
    pub async fn delete(&self, by: &By, id: &str) -> Result<(), RunsError> {
        self.delete_all(by, &[id.to_owned()]).await
    }

    /// Deletes runs that are over: all of them, or none. Their history stays, and their tables are put aside.
    ///
    /// # Errors
    /// [`RunsError::Pending`] with the first that is not over, [`RunsError::Missing`] with the first that is not here,
    /// [`RunsError::Changed`], [`RunsError::State`] where this actor may not. All runs are as they were then.
    pub async fn delete_all(&self, by: &By, ids: &[String]) -> Result<(), RunsError> {
        let ids = distinct(ids)?;
        let mut writes = self.inner.states.transaction(&by.actor);
        for id in &ids {
            let state = look(&mut writes, by, id).await?;
            if state.status == Status::PENDING {
                return Err(RunsError::Pending(id.clone()));
            }
            let expected = Expected::Version(state.version);
            writes.delete(&by.scope, &state.id, expected).await?;
        }
        let (going, note) = (ids.clone(), self.note(&by.scope));
        self.blocking(move |home| home.announce(&going, &note))
            .await?;
        let done = commit(writes).await;
        let followed = self.follow(&by.scope, &ids).await;
        done?;
        ids.iter().for_each(|id| self.inner.memory.forget(id));
        followed
    }

    /// Brings a deleted run back, as [`Runs::restore_all`].
    ///
    /// # Errors
    /// As [`Runs::restore_all`].
    pub async fn restore(&self, by: &By, id: &str) -> Result<RunInfo, RunsError> {
        self.restore_all(by, &[id.to_owned()]).await?;
        self.get(by, id).await
    }

    /// Brings deleted runs back, as they were: all of them, or none.
    ///
    /// # Errors
    /// [`RunsError::Missing`] with the first that was not deleted here, [`RunsError::Swept`] with the first whose tables
    /// are gone, [`RunsError::Changed`], [`RunsError::State`], [`RunsError::Files`] where there is no room. All runs
    /// are as they were then.
    pub async fn restore_all(&self, by: &By, ids: &[String]) -> Result<(), RunsError> {
        let ids = distinct(ids)?;
        let states = &self.inner.states;
        let mut writes = states.transaction(&by.actor);
        let mut with_tables = Vec::new();
        let mut bytes = 0_u64;
        for id in &ids {
            let missing = || RunsError::Missing(id.clone());
            let state_id = is_id(id).then(|| StateId::new(&**id)).ok_or_else(missing)?;
            let newest = HistoryQuery::last(1);
            let newest = states.history(&by.scope, &state_id, newest).await?;
            let newest = newest.into_iter().next().ok_or_else(missing)?;
            let is_deleted = newest.transition == Transition::DELETE;
            let before = newest.before.filter(|_| is_deleted).ok_or_else(missing)?;
            let run = info(&before, Access::default())?;
            if run.status == RunStatus::Completed {
                with_tables.push(id.clone());
                bytes = bytes.saturating_add(run.result.map_or(0, |result| result.bytes));
            }
            let expected = Expected::Version(newest.after.version);
            writes
                .rollback(&by.scope, &state_id, before.version, expected)
                .await?;
        }
        self.check_room(&by.scope, bytes).await?;
        let (coming, note) = (with_tables.clone(), self.note(&by.scope));
        if let Some(gone) = self.blocking(move |home| home.gone(&coming)).await? {
            return Err(RunsError::Swept(gone));
        }
        let coming = with_tables.clone();
        let came = self.blocking(move |home| home.bring_back(&coming, &note));
        let done = match came.await {
            Ok(None) => commit(writes).await,
            Ok(Some(gone)) => Err(RunsError::Swept(gone)),
            Err(failed) => Err(failed),
        };
        let followed = self.follow(&by.scope, &with_tables).await;
        done?;
        followed
    }

    /// Removes the tables of runs that were deleted longer ago than `kept`: how many there were. They cannot be
    /// brought back then; the same protocol and seed give them again. What a server left halfway that died while it
    /// deleted runs, or brought them back, is brought to its end.
    ///
    /// # Errors
    /// [`RunsError::Files`], [`RunsError::State`].
    pub async fn sweep(&self, kept: Duration) -> Result<usize, RunsError> {
        // Where a run came to nothing and the store was away, its objects are still there.
        self.settle().await?;
        let halfway = self.ago(HALFWAY);
        let left = self.blocking(move |home| home.halfway(halfway)).await?;
        for (id, scope) in left {
            tracing::warn!(id, "a run was left halfway between here and deleted");
            self.follow(&scope, &[id]).await?;
        }
        let until = self.ago(kept);
        self.blocking(move |home| home.sweep(until)).await
    }

    /// Has the tables of these runs be where their states say, also where somebody changes these meanwhile.
    async fn follow(&self, scope: &Scope, ids: &[String]) -> Result<(), RunsError> {
        let mut placed = self.placed(scope, ids).await?;
        loop {
            let (runs, note) = (placed.clone(), self.note(scope));
            self.blocking(move |home| home.follow(&runs, &note)).await?;
            let now = self.placed(scope, ids).await?;
            if now == placed {
                return Ok(());
            }
            placed = now;
        }
    }

    async fn placed(&self, scope: &Scope, ids: &[String]) -> Result<Vec<Placed>, RunsError> {
        let mut runs = Vec::with_capacity(ids.len());
        for id in ids {
            let is_deleted = self.state_of(scope, id).await?.is_none();
            runs.push(Placed {
                id: id.clone(),
                is_deleted,
            });
        }
        Ok(runs)
    }

    fn note(&self, scope: &Scope) -> Note {
        Note {
            at: self.inner.clock.now(),
            scope: Some(scope.clone()),
        }
    }

    fn ago(&self, time: Duration) -> Timestamp {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.inner.clock.now().0.saturating_sub(time))
    }
}
