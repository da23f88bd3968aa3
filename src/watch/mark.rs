//! By what a reader of the log knows the place again where it was.
//!
//! A log can go back: a Redis that lost its last second, a standby that took over before it had everything. Then
//! other changes come under the same revisions, and whoever only counts skips them.

use crate::{Change, Revision, Scope, StateId, Timestamp, Version, backend::Fault};

/// A change, without its content: a policy may remove that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) revision: Revision,
    at: Timestamp,
    scope: Scope,
    id: StateId,
    version: Version,
}

impl Mark {
    pub(crate) fn of(change: &Change) -> Self {
        Self {
            revision: change.revision,
            at: change.at,
            scope: change.after.scope.clone(),
            id: change.after.id.clone(),
            version: change.after.version,
        }
    }

    /// Behind which revision it is the first change.
    pub(crate) fn before(&self) -> Revision {
        Revision(self.revision.0.saturating_sub(1))
    }

    /// What follows it on a page of the log that should begin with it.
    pub(crate) fn follow(&self, mut page: Vec<Change>) -> Result<Vec<Change>, AnotherLog> {
        if page.first().map(Self::of).as_ref() != Some(self) {
            let seen = self.revision;
            return Err(AnotherLog { seen });
        }
        Ok(page.split_off(1))
    }
}

/// The log is not the one that was read before: it went back, and perhaps on from there. It comes as the source of
/// an [`Error::Failed`](crate::Error::Failed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log no longer has what stood at revision {}: it is another one, or went back", seen.0)]
pub struct AnotherLog {
    /// Up to here the other one was read.
    pub seen: Revision,
}

impl AnotherLog {
    /// Whether this is what is behind an error.
    pub(crate) fn is_behind(error: &crate::Error) -> bool {
        let crate::Error::Failed { source, .. } = error else {
            return false;
        };
        let source: &Fault = source;
        source.is::<Self>()
    }
}
