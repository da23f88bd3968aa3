//! Searching a PostgreSQL database: tables beside the log, with a GIN index over the terms of states.
//!
//! Every server brings them forward after what it wrote itself, one at a time (`feed`). `index` reads
//! them, in one snapshot.

mod feed;
mod index;
mod windows;

use std::sync::Arc;

use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use self::feed::PostgresFeed;
use super::{
    Fault, PostgresFault,
    fault::{Tries, Trouble, unanswered},
    link::{self, Readers},
};
use crate::{
    Revision,
    backend::index::Follower,
    search::{Ask, Found},
};

/// The index of one database, as one server uses it.
#[derive(Debug)]
pub(super) struct Search {
    readers: Readers,
    follower: Follower,
}

impl Search {
    /// `written` is told after every commit of this server.
    pub(super) fn start(readers: Readers, written: Arc<Notify>) -> Self {
        let feed = PostgresFeed::new(readers.clone());
        let follower = Follower::start(feed, written);
        Self { readers, follower }
    }

    /// Changes that are in the log and not in the index, whichever server is to bring it forward.
    pub(super) async fn behind(&self) -> Result<u64, Fault> {
        let found: Vec<(i64, i64)> = self.readers.rows(BEHIND, |query| query).await?;
        let (newest, head) = found.first().copied().unwrap_or_default();
        Ok(u64::try_from(newest.saturating_sub(head)).unwrap_or(0))
    }

    /// The answer as of `newest` or later.
    pub(super) async fn answer(&self, ask: &Ask, newest: Revision) -> Result<Found, Fault> {
        let mut tries = Tries::since(Instant::now());
        // Mostly nobody wrote since the index was brought forward.
        let mut is_there = self.follower.has_reached(newest);
        loop {
            if !std::mem::take(&mut is_there) {
                self.follower.reach(newest).await?;
            }
            let error = match index::answer(&self.readers, ask, newest).await {
                Ok(Some(found)) => return Ok(found),
                // Another server has begun to bring it forward: this one helps.
                Ok(None) => continue,
                Err(error) => error,
            };
            let error = match error.downcast::<sqlx::Error>() {
                Ok(error) => *error,
                Err(error) => return Err(error),
            };
            let trouble = Trouble::of(&error);
            if trouble.may_pass() && tries.again().await {
                continue;
            }
            return Err(PostgresFault::of_read(error).into());
        }
    }
}

/// Both as of one moment.
const BEHIND: &str = "
    SELECT h.revision, s.revision FROM head h CROSS JOIN search_head s WHERE h.only_row AND s.only_row";

/// An answer within a bounded time.
async fn answered<T>(
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let answer = timeout(link::ANSWER, asked).await;
    answer.unwrap_or_else(|_| Err(unanswered()))
}
