//! Searching a SQLite database: an index in a file of its own beside it, `<file>-search`.
//!
//! Nothing in that file is the only copy of anything. It follows the log (`feed`), is written without
//! waiting for the disk, and is made anew when it is missing, damaged, of another format or of
//! another database (`file`). `index` reads it.

mod feed;
mod file;
mod index;

use std::{path::Path, sync::Arc};

use sqlx::SqlitePool;
use tokio::sync::Notify;

use self::{feed::SqliteFeed, file::Files};
use super::{Fault, SqliteFault};
use crate::{
    Revision,
    backend::index::Follower,
    search::{Ask, Found},
};

/// How often a search begins again when the index was damaged or exchanged under it.
const ATTEMPTS: usize = 8;

/// The index of one database.
#[derive(Debug)]
pub(super) struct Search {
    files: Arc<Files>,
    log: SqlitePool,
    follower: Follower,
}

impl Search {
    /// Follows the database at `path`; `log` reads it, and `written` is told after every commit.
    pub(super) fn start(path: &Path, log: SqlitePool, written: Arc<Notify>) -> Self {
        let files = Arc::new(Files::beside(path));
        let feed = SqliteFeed::new(Arc::clone(&files), log.clone());
        Self {
            files,
            log,
            follower: Follower::start(feed, written),
        }
    }

    /// The answer as of `newest` or later.
    pub(super) async fn answer(&self, ask: &Ask, newest: Revision) -> Result<Found, Fault> {
        let mut attempts = 1..=ATTEMPTS;
        // Mostly nobody wrote since the index was brought forward; else it is read as if nothing were known of it.
        let mut is_there = self.follower.has_reached(newest);
        loop {
            let is_first_look = std::mem::take(&mut is_there);
            if !is_first_look {
                self.follower.reach(newest).await?;
            }
            let error = match index::answer(&self.files, &self.log, ask, newest).await {
                Ok(Some(found)) => return Ok(found),
                _ if is_first_look => continue,
                // Another process has begun to bring it forward, and this one helps; or it is not
                // the same file any more.
                Ok(None) => "the index does not follow its database".into(),
                Err(error) if file::is_damage(&error) => {
                    self.files.give_up();
                    error
                }
                Err(error) => return Err(SqliteFault::named(error)),
            };
            match attempts.next() {
                None => return Err(SqliteFault::named(error)),
                Some(ATTEMPTS) => self.files.give_up(),
                Some(_) => {}
            }
        }
    }
}
