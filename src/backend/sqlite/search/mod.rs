//! Searching a SQLite database: an index in a file of its own beside it, `<file>-search`.
//!
//! Nothing in that file is the only copy of anything. It follows the log (`feed`), is written without
//! waiting for the disk, and is made anew when it is missing, damaged, of another format or of
//! another database (`file`). `index` reads it, over connections of its own (`readers`); `counts` is what it counted.

mod counts;
mod feed;
mod file;
mod index;
mod readers;

use std::{path::Path, sync::Arc};

use sqlx::SqlitePool;
use tokio::sync::Notify;

use self::{
    feed::SqliteFeed,
    file::Files,
    index::{Looked, Since},
};
use super::{Fault, SqliteFault, row};
use crate::{
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

    /// The answer as of now or later.
    pub(super) async fn answer(&self, ask: &Ask) -> Result<Found, Fault> {
        // Mostly nobody wrote since the index was brought forward; else it is read as if nothing were known of it.
        let ahead = self.follower.ahead();
        let newest = match self.look(ask, Since::Now { ahead }).await {
            Ok(Looked::Found(found)) => return Ok(found),
            Ok(Looked::Behind(newest)) => newest,
            Err(_) => row::revision(&self.log).await?,
        };
        let mut attempts = 1..=ATTEMPTS;
        loop {
            self.follower.reach(newest).await?;
            let error = match self.look(ask, Since::Then(newest)).await {
                Ok(Looked::Found(found)) => return Ok(found),
                // Another process has begun to bring it forward, and this one helps; or it is not
                // the same file any more.
                Ok(Looked::Behind(_)) => "the index does not follow its database".into(),
                // Mostly it is being made anew; who makes it finds damage too.
                Err(error) if file::is_cut_short(&error) => error,
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

    /// Changes that are in the log and not in the index.
    pub(super) async fn behind(&self) -> Result<u64, Fault> {
        self.files.readers.read(index::behind).await
    }

    async fn look(&self, ask: &Ask, since: Since) -> Result<Looked, Fault> {
        let (files, ask) = (Arc::clone(&self.files), ask.clone());
        let look = move |reader: &mut _| index::answer(reader, &files.counts, &ask, since);
        self.files.readers.read(look).await
    }
}
