//! How the log is read: the one append-only record of what happened.
//!
//! A record is a [`Change`](crate::Change), its place a [`Revision`](crate::Revision): revisions
//! are given in the order of commit and without gaps, so a reader that has seen one has seen all
//! before it. Backends append; history, watchers and audits read. Nothing else announces changes.

use crate::{Change, Error, Revision, Scope, StateId, StateManager, Version};

/// The most records or states that one call returns, however many were asked for. A page of this
/// size at the usual few kB a state stays well under 10 MB.
pub const MAX_PAGE: usize = 1000;

/// Which part of a state's history to read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// The newest so many; [`MAX_PAGE`] without it.
    pub last: Option<usize>,
    /// Only changes that led to a version before this one: how to read the next page.
    pub before: Option<Version>,
}

impl HistoryQuery {
    /// The newest `count` changes.
    pub fn last(count: usize) -> Self {
        Self {
            last: Some(count),
            before: None,
        }
    }
}

impl StateManager {
    /// What happened to one state, newest first, deleted or not. Nothing for an unknown one.
    pub async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        query: HistoryQuery,
    ) -> Result<Vec<Change>, Error> {
        let limit = query.last.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let pages = self.backend().history(scope, id, query.before, limit);
        self.within("history", pages).await
    }

    /// At most `limit` records of all scopes behind `after`, oldest first. Empty at the end.
    pub async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Error> {
        let page = self.backend().log(after, limit.min(MAX_PAGE));
        self.within("log", page).await
    }

    /// The newest place in the log; 0 before the first change.
    pub async fn revision(&self) -> Result<Revision, Error> {
        self.within("revision", self.backend().revision()).await
    }
}
