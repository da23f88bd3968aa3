//! What came in is registered: every run of it, or none.

use holdfast::{Expected, StateId, Transition};

use super::{
    By, Runs, RunsError,
    home::Held,
    record::{Access, Record, info},
    room::bytes_of,
};
use crate::{
    Error,
    simulation::{Amendment, RunInfo, order::check_words},
};

/// A run whose tables are whole, in a folder in the making.
pub(super) struct Coming {
    pub(super) id: String,
    pub(super) held: Held,
    pub(super) record: Record,
    pub(super) about: Amendment,
}

impl Runs {
    /// Takes runs in that are completed already. Their tables come into their places first, then all states are
    /// written in one transaction; where that is refused, or the server dies in between, the tables go again. So they do
    /// where the workspace has no room for all of them.
    pub(super) async fn keep(
        &self,
        by: &By,
        coming: Vec<Coming>,
    ) -> Result<Vec<RunInfo>, RunsError> {
        let kept = match self.place(by, &coming).await {
            Ok(()) => self.register(by, &coming).await,
            Err(error) => Err(error),
        };
        // Their states may be there after all: the next sweep settles what this leaves.
        if matches!(&kept, Err(RunsError::State(error)) if error.is_in_doubt()) {
            return kept;
        }
        for run in coming {
            match &kept {
                Ok(_) => self.blocking(move |_| run.held.release()).await?,
                Err(_) => self.give_up(run.id, run.held).await?,
            }
        }
        kept
    }

    /// The same with one.
    pub(super) async fn keep_one(&self, by: &By, coming: Coming) -> Result<RunInfo, RunsError> {
        let mut runs = self.keep(by, vec![coming]).await?;
        runs.pop()
            .ok_or_else(|| Error::Internal("no run was kept".into()).into())
    }

    /// Nothing came of them.
    pub(super) async fn turn_away(&self, coming: Vec<Coming>) -> Result<(), RunsError> {
        for run in coming {
            self.give_up(run.id, run.held).await?;
        }
        Ok(())
    }

    async fn place(&self, by: &By, coming: &[Coming]) -> Result<(), RunsError> {
        let bytes = bytes_of(coming.iter().map(|run| &run.record));
        self.check_room(&by.scope, bytes).await?;
        let ids: Vec<String> = coming.iter().map(|run| run.id.clone()).collect();
        self.blocking(move |home| ids.iter().try_for_each(|id| home.keep(id)))
            .await
    }

    async fn register(&self, by: &By, coming: &[Coming]) -> Result<Vec<RunInfo>, RunsError> {
        let mut writes = self.inner.states.transaction(&by.actor);
        let mut states = Vec::new();
        for run in coming {
            let about = &run.about;
            check_words(Some(&about.name), &about.tags, &about.notes)?;
            writes
                .register(run.record.state(&run.id, &by.scope, about)?)
                .await?;
            let id = StateId::new(&*run.id);
            let step = Transition::ACTIVATE;
            let state = writes.transition(&by.scope, &id, step, Expected::Any);
            states.push(state.await?);
        }
        writes.commit().await?;
        let told = states.iter().map(|state| info(state, Access::default()));
        Ok(told.collect::<Result<_, _>>()?)
    }
}
