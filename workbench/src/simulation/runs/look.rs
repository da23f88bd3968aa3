//! One run, many runs, how far one is, and its tables.

use std::sync::Arc;

use futures::future::try_join_all;
use holdfast::{
    Query, Scope, State, StateId, Status,
    search::{Cursor, Total},
};

use super::{
    By, Runs, RunsError, SIMULATION,
    name::is_id,
    record::{Access, info},
};
use crate::simulation::{
    Found, Progress, RunInfo, RunResult, RunStatus, Wanted, order::refused, tables::Stored,
};

/// Runs on one page at most.
const MAX_PAGE: usize = 200;

impl Runs {
    /// A run.
    ///
    /// # Errors
    /// [`RunsError::Missing`].
    pub async fn get(&self, by: &By, id: &str) -> Result<RunInfo, RunsError> {
        let state = self.find_to_read(&by.scope, id).await?;
        Ok(info(&state, self.access(id).await?)?)
    }

    /// Runs that are wanted, the last changed first, page by page.
    ///
    /// # Errors
    /// [`RunsError::State`] for a cursor of another question.
    pub async fn list(&self, by: &By, wanted: &Wanted) -> Result<Found, RunsError> {
        let limit = usize::try_from(wanted.limit).unwrap_or(MAX_PAGE);
        let mut query = Query::default()
            .kind(&SIMULATION)
            .limit(limit.min(MAX_PAGE));
        if let Some(text) = wanted
            .text
            .as_deref()
            .filter(|text| !text.trim().is_empty())
        {
            query = query.text(text);
        }
        query = wanted.tags.iter().fold(query, |query, tag| query.tag(tag));
        if let Some(status) = wanted.status {
            query = query.status(&match status {
                RunStatus::Pending => Status::PENDING,
                RunStatus::Completed => Status::COMPLETED,
                RunStatus::Failed => Status::FAILED,
            });
        }
        if let Some(after) = &wanted.after {
            let after: Cursor = after
                .parse()
                .map_err(|_| refused("after", "this is not a page's `next`"))?;
            query = query.after(after);
        }
        let page = self.inner.states.search(&by.scope, query).await?;
        let runs = page.states.iter().map(|state| async move {
            let access = self.access(state.id.as_str()).await?;
            Ok::<_, RunsError>(info(state, access)?)
        });
        let (total, is_exact) = match page.total {
            Total::Exact(total) => (total, true),
            Total::AtLeast(total) => (total, false),
        };
        Ok(Found {
            runs: try_join_all(runs).await?,
            total,
            is_exact,
            next: page.next.map(|next| next.to_string()),
        })
    }

    /// How far a run of this process is; `None` where it is over, or another server's.
    ///
    /// # Errors
    /// [`RunsError::Missing`].
    pub async fn progress(&self, by: &By, id: &str) -> Result<Option<Progress>, RunsError> {
        self.find_to_read(&by.scope, id).await?;
        let active = self.with_active(|all| all.get(id).cloned());
        Ok(active.map(|active| active.meter.progress()))
    }

    /// Waits until a run of this process is over, and tells how it ended.
    ///
    /// # Errors
    /// [`RunsError::Missing`].
    pub async fn wait(&self, by: &By, id: &str) -> Result<RunInfo, RunsError> {
        self.find_to_read(&by.scope, id).await?;
        if let Some(active) = self.with_active(|all| all.get(id).cloned()) {
            active.over.cancelled().await;
        }
        self.get(by, id).await
    }

    /// The tables of a completed run, to be read off the async threads; it is noted that they were.
    ///
    /// # Errors
    /// [`RunsError::Pending`], [`RunsError::NoResults`], [`RunsError::Files`] where they are broken.
    pub async fn tables(&self, by: &By, id: &str) -> Result<Stored, RunsError> {
        self.result(by, id).await?;
        let run = id.to_owned();
        let stored = self.blocking(move |home| home.stored(&run)).await?;
        self.note_access(id);
        Ok(stored)
    }

    /// Whether the tables of a completed run are what was simulated, to the last value.
    ///
    /// # Errors
    /// As [`Runs::tables`].
    pub async fn verify(&self, by: &By, id: &str) -> Result<bool, RunsError> {
        let result = self.result(by, id).await?;
        let run = id.to_owned();
        self.blocking(move |home| {
            let found = home.stored(&run)?.checksum()?;
            Ok(found == result.checksum)
        })
        .await
    }

    async fn result(&self, by: &By, id: &str) -> Result<RunResult, RunsError> {
        let state = self.find_to_read(&by.scope, id).await?;
        result_of(info(&state, Access::default())?)
    }

    /// The state of a run in a scope.
    pub(super) async fn find(&self, scope: &Scope, id: &str) -> Result<Arc<State>, RunsError> {
        let state = self.state_of(scope, id).await?;
        state.ok_or_else(|| RunsError::Missing(id.to_owned()))
    }

    /// The same where it need not be there.
    pub(super) async fn state_of(
        &self,
        scope: &Scope,
        id: &str,
    ) -> Result<Option<Arc<State>>, RunsError> {
        if !is_id(id) {
            return Ok(None);
        }
        match self.inner.states.get(scope, &StateId::new(id)).await {
            Ok(state) => Ok(state.filter(|state| state.kind == SIMULATION)),
            // With the session it belonged to.
            Err(holdfast::Error::Expired { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a run produced.
pub(super) fn result_of(run: RunInfo) -> Result<RunResult, RunsError> {
    match (run.result, run.status) {
        (_, RunStatus::Pending) => Err(RunsError::Pending(run.id)),
        (Some(result), RunStatus::Completed) => Ok(result),
        _ => Err(RunsError::NoResults {
            id: run.id,
            reason: run.reason.unwrap_or_else(|| "it failed".into()),
        }),
    }
}
