//! One lane: where a state stands, in memory and as it is written down.

use std::{collections::VecDeque, sync::Arc};

use serde::{Deserialize, Serialize};

use super::Key;
use crate::{Change, Interest, Scope, StateId, Timestamp, Version};

/// A lane as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::callbacks) struct Open {
    pub(in crate::callbacks) scope: Scope,
    pub(in crate::callbacks) id: StateId,
    /// A version that is handled again, out of order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::callbacks) again: Option<Version>,
    /// Everything of interest from this version on is still to be handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::callbacks) from: Option<Version>,
    /// How often its first change has failed.
    #[serde(default)]
    pub(in crate::callbacks) failed: u32,
    /// When that is tried again.
    pub(in crate::callbacks) due: Timestamp,
}

/// What is to be done for one state.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// A version that is handled again, before everything else.
    pub(super) again: Option<Version>,
    pub(super) queue: VecDeque<Arc<Change>>,
    /// What is behind the queue is to be fetched from here on.
    pub(super) more: Option<Version>,
    /// The newest version taken for this lane; unknown after a restart.
    pub(super) newest: Option<Version>,
    pub(super) failed: u32,
    pub(super) due: Option<Timestamp>,
}

impl Lane {
    pub(super) fn restored(open: &Open) -> Self {
        Self {
            again: open.again,
            more: open.from,
            failed: open.failed,
            due: Some(open.due),
            ..Self::default()
        }
    }

    pub(super) fn open(&self, key: &Key) -> Open {
        Open {
            scope: key.0.clone(),
            id: key.1.clone(),
            again: self.again,
            from: self.from(),
            failed: self.failed,
            due: self.due.unwrap_or(Timestamp(0)),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.queue.is_empty() && self.again.is_none() && self.more.is_none()
    }

    /// The version that is next in order, what is handled again left aside.
    pub(super) fn from(&self) -> Option<Version> {
        let queued = self.queue.front().map(|change| change.after.version);
        let in_order = queued.filter(|_| self.again.is_none());
        in_order.or(self.more)
    }

    /// Takes a page of the state's history, oldest first.
    pub(super) fn fill(&mut self, mut page: Vec<Change>, interest: &Interest) {
        if let Some(version) = self.again {
            page.retain(|change| change.after.version == version);
            if page.is_empty() {
                self.again = None;
            }
        } else {
            self.more = self.after(page.last().map(|change| change.after.version));
            page.retain(|change| interest.wants(change));
        }
        self.queue = page.into_iter().map(Arc::new).collect();
    }

    /// Where the next page begins, when this one ended with `last`.
    fn after(&self, last: Option<Version>) -> Option<Version> {
        match (last, self.newest) {
            (Some(last), newest) => {
                let next = Version(last.0 + 1);
                newest.is_none_or(|it| next <= it).then_some(next)
            }
            // Taken since this page was read: it is there now.
            (None, Some(newest)) => self.more.filter(|from| *from <= newest),
            (None, None) => None,
        }
    }
}
