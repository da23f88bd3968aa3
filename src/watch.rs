//! The log as a stream that can be resumed anywhere: nothing is skipped, nothing repeated.
//!
//! A watcher first reads the log from where it left off. Once it has caught up it follows the
//! backend's announcements, and checks that each continues where it stands; whenever one does not
//! (it lagged, or another process wrote) it reads the log again. So announcements are only a
//! quick way to what the log says.

use std::{collections::VecDeque, sync::Arc};

use futures::{Stream, stream};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    Change, Error, Revision, Scope, StateManager,
    backend::{Announcement, Backend},
    log::MAX_PAGE,
};

impl StateManager {
    /// Every change behind `after`, past and future, of one scope or of all. After an error the
    /// stream ends; watch again from the last revision seen.
    pub fn watch(
        &self,
        scope: Option<Scope>,
        after: Revision,
    ) -> impl Stream<Item = Result<Change, Error>> + Send + Unpin + 'static + use<> {
        let watcher = Watcher {
            // Subscribed before the first look at the log: what is written in between is in both.
            announcements: self.backend().announcements(),
            backend: Arc::clone(self.backend()),
            scope,
            seen: after,
            is_behind: true,
            ready: VecDeque::new(),
        };
        Box::pin(stream::try_unfold(watcher, |mut watcher| async move {
            let next = watcher.next().await?;
            Ok(next.map(|change| (change, watcher)))
        }))
    }
}

struct Watcher {
    backend: Arc<dyn Backend>,
    announcements: Receiver<Announcement>,
    scope: Option<Scope>,
    /// Everything up to here was delivered or is in `ready`.
    seen: Revision,
    is_behind: bool,
    ready: VecDeque<Change>,
}

impl Watcher {
    async fn next(&mut self) -> Result<Option<Change>, Error> {
        loop {
            if let Some(change) = self.ready.pop_front() {
                return Ok(Some(change));
            }
            if self.is_behind {
                self.catch_up().await?;
                continue;
            }
            match self.announcements.recv().await {
                Ok(changes) => self.follow(&changes),
                Err(RecvError::Lagged(_)) => self.is_behind = true,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), Error> {
        let page = self.backend.log(self.seen, MAX_PAGE).await;
        let page = page.map_err(|source| Error::Failed {
            operation: "watch",
            source,
        })?;
        match page.last() {
            Some(last) => self.seen = last.revision,
            None => self.is_behind = false,
        }
        let wanted = page.into_iter().filter(|change| {
            self.scope
                .as_ref()
                .is_none_or(|scope| *scope == change.after.scope)
        });
        self.ready.extend(wanted);
        Ok(())
    }

    fn follow(&mut self, changes: &[Change]) {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return;
        };
        if first.revision.0 > self.seen.0 + 1 {
            self.is_behind = true;
            return;
        }
        for change in changes.iter().filter(|change| change.revision > self.seen) {
            if self
                .scope
                .as_ref()
                .is_none_or(|scope| *scope == change.after.scope)
            {
                self.ready.push_back(change.clone());
            }
        }
        self.seen = self.seen.max(last.revision);
    }
}
