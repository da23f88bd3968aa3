//! What people change about a run: its name, tags, notes, and whether it is pinned. Never what happened.

use holdfast::{Expected, Version};

use super::{
    By, Runs, RunsError,
    record::{Access, Record, info},
};
use crate::simulation::{Amendment, RunInfo, order::check_words};

impl Runs {
    /// Changes a run of which `version` was seen.
    ///
    /// # Errors
    /// [`RunsError::Order`] for what is too long; [`RunsError::State`] with a conflict where somebody else was faster.
    pub async fn amend(
        &self,
        by: &By,
        id: &str,
        version: u64,
        amendment: &Amendment,
    ) -> Result<RunInfo, RunsError> {
        check_words(Some(&amendment.name), &amendment.tags, &amendment.notes)?;
        let state = self.find(&by.scope, id).await?;
        let new = Record::read(&state)?.state(id, &by.scope, amendment)?;
        let expected = Expected::Version(Version(version));
        let state = self.inner.states.put(new, expected, &by.actor).await?;
        let memory = &self.inner.memory;
        memory.changed(id, &amendment.name, amendment.is_pinned);
        Ok(info(&state, Access::default())?)
    }
}
