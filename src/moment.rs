//! A state as it was at some moment of the past, read from its history.

use std::sync::Arc;

use crate::{
    Change, Error, Revision, Scope, State, StateId, StateManager, Status, Timestamp, log::MAX_PAGE,
};

/// A moment of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Right after this change of the log, whoever's it was: exact, and the same for all states.
    Revision(Revision),
    /// At this time by the clocks of those who wrote.
    Time(Timestamp),
}

impl From<Revision> for Moment {
    fn from(revision: Revision) -> Self {
        Self::Revision(revision)
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl StateManager {
    /// The state as it was stored then; `None` when there was none, or a deleted one. A moment that
    /// is still to come gives what is stored now.
    ///
    /// # Errors
    /// [`Error::Removed`] when a policy has removed what it held then.
    pub async fn at(
        &self,
        scope: &Scope,
        id: &StateId,
        moment: impl Into<Moment> + Send,
    ) -> Result<Option<Arc<State>>, Error> {
        let moment = moment.into();
        let mut last: Option<Change> = None;
        loop {
            let page = match &last {
                None => self.backend().history(scope, id, None, MAX_PAGE),
                Some(last) => self.backend().history_behind(last, MAX_PAGE),
            };
            let page = self.within("at", page).await?;
            let Some(oldest) = page.last() else {
                return Ok(None);
            };
            last = Some(oldest.clone());
            let mut changes = page.iter();
            let then = changes.find(|change| match moment {
                Moment::Revision(revision) => change.revision <= revision,
                Moment::Time(time) => change.at <= time,
            });
            if let Some(change) = then {
                let state = Arc::clone(&change.after);
                self.counted(Error::unless_removed(&state))?;
                return Ok(Some(state).filter(|state| state.status != Status::DELETED));
            }
        }
    }
}
