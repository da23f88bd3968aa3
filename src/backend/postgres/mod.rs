//! States in a PostgreSQL database that several servers may share.
//!
//! This file connects and answers readers. `writer` gathers concurrent writes into groups, `group`
//! is what travels of one, `announcer` tells what was written here and elsewhere, `row` decodes
//! records, `link` makes connections, and `fault` knows what an error means. What is decided and
//! written is decided inside the database (`migrations/postgres`), in one round trip a group.
//!
//! An acknowledged write is on the server's disk. The connections are used for `LISTEN` and set
//! their own limits, so a pooler in between must pool sessions. There is no TLS yet: a server on
//! another machine belongs behind a network one trusts, or a tunnel.

mod announcer;
mod fault;
mod group;
mod link;
mod row;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{Connection, postgres::PgConnectOptions};
use tokio::sync::broadcast;

pub use self::fault::PostgresFault;
use self::{announcer::Announcer, link::Readers, row::Record, writer::Writer};
use super::{ANNOUNCEMENTS, Announcement, Backend, Fault, Outcome, Write, recent::Recent};
use crate::{Change, Kind, Revision, Scope, State, StateId, Timestamp, Version};

/// Enters this server, and forgets those that have not written for long: no question about their
/// last group is still to come.
const ENTER: &str = "
    WITH forgotten AS (DELETE FROM writers WHERE at < now() - interval '1 day')
    INSERT INTO writers DEFAULT VALUES RETURNING id";

/// The backend `database` on a server.
#[derive(Debug)]
pub struct Postgres {
    readers: Readers,
    writer: Writer,
    recent: Arc<Recent>,
    announce: broadcast::Sender<Announcement>,
}

impl Postgres {
    /// Connects to `postgres://user:password@host/database`, creates the tables if need be, and
    /// brings them up to date. Several servers may do so at once: one does it, the others wait.
    ///
    /// # Errors
    /// When the server cannot be reached now. Once connected, a server that goes away is looked
    /// for again: operations fail with a [`PostgresFault`] meanwhile, and then go on.
    pub async fn connect(url: &str) -> Result<Self, Fault> {
        // Without our limits: to wait for another server's migration may take long.
        let plain: PgConnectOptions = url.parse()?;
        let mut connection = link::connect(&plain).await?;
        sqlx::migrate!("./migrations/postgres")
            .run(&mut connection)
            .await?;
        let id: i64 = sqlx::query_scalar(ENTER).fetch_one(&mut connection).await?;
        connection.close().await?;

        let options = link::options(url)?;
        let readers = Readers::new(options.clone());
        let recent = Arc::new(Recent::default());
        let announce = broadcast::Sender::new(ANNOUNCEMENTS);
        let announcer = Announcer::new(options.clone(), readers.clone(), announce.clone());
        let own = announcer.start().await?;
        let writer = Writer::start(id, options, Arc::clone(&recent), own);
        Ok(Self {
            readers,
            writer,
            recent,
            announce,
        })
    }
}

#[async_trait]
impl Backend for Postgres {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        let scope = scope.to_string();
        let found: Vec<(String,)> = self
            .readers
            .rows(row::GET, |query| query.bind(&scope).bind(id.as_str()))
            .await?;
        let state = found.first().map(|(text,)| row::state(text));
        state.transpose()
    }

    fn recent(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        self.recent.find(scope, id)
    }

    async fn apply(&self, batch: Vec<Write>) -> Result<Outcome, Fault> {
        self.writer.apply(batch).await
    }

    async fn scan(
        &self,
        scope: &Scope,
        kind: Option<&Kind>,
        after: Option<&StateId>,
        limit: usize,
    ) -> Result<Vec<Arc<State>>, Fault> {
        let scope = scope.to_string();
        // No id is empty, so behind the empty text is the beginning.
        let after = after.map_or("", StateId::as_str);
        let found: Vec<(String,)> = self
            .readers
            .rows(row::SCAN, |query| {
                query
                    .bind(&scope)
                    .bind(after)
                    .bind(kind.map(Kind::as_str))
                    .bind(count(limit))
            })
            .await?;
        found.iter().map(|(text,)| row::state(text)).collect()
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Arc<State>>, Fault> {
        let found: Vec<(String,)> = self
            .readers
            .rows(row::DUE, |query| query.bind(now.0).bind(count(limit)))
            .await?;
        found.iter().map(|(text,)| row::state(text)).collect()
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let scope = scope.to_string();
        let before = before.map_or(i64::MAX, |version| clamped(version.0));
        let records: Vec<Record> = self
            .readers
            .rows(row::HISTORY, |query| {
                query
                    .bind(&scope)
                    .bind(id.as_str())
                    .bind(before)
                    .bind(count(limit))
            })
            .await?;
        records.into_iter().map(Record::change).collect()
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        row::log(&self.readers, after, limit).await
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        row::revision(&self.readers).await
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }
}

/// PostgreSQL counts in signed numbers; whatever is above has no end anyway.
fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
