//! States in one SQLite file: WAL, `synchronous = FULL`, one writer, a pool of readers.
//!
//! This file opens the database and answers readers. `writer` gathers concurrent writes into one
//! transaction, `group` is the SQL of such a transaction, `row` decodes records. An acknowledged
//! write is on disk: it survives `kill -9` and a power cut.

mod group;
mod row;
mod writer;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{
    ConnectOptions, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::broadcast;

use self::{row::Record, writer::Writer};
use super::{ANNOUNCEMENTS, Announcement, Backend, Fault, Outcome, Write, recent::Recent};
use crate::{Change, Kind, Revision, Scope, State, StateId, Timestamp, Version};

/// Readers at once. SQLite reads are short and need a core each; more would only wait.
const READERS: u32 = 4;

/// How long a connection waits for another process that holds the file.
const BUSY: Duration = Duration::from_secs(5);

/// Pages of 4 kB the write-ahead log grows to before it is moved into the file: seldom enough that
/// a busy writer hardly notices, small enough (16 MB) to be read back at once after a crash.
const CHECKPOINT_PAGES: &str = "4000";

/// The writer's page cache in kB, negative as SQLite wants it: the states that are written again
/// and again stay in it.
const WRITER_CACHE: &str = "-32768";

/// Prepared statements kept by each connection: all that there are.
const STATEMENTS: usize = 64;

/// The backend `database` on a file.
#[derive(Debug)]
pub struct Sqlite {
    readers: SqlitePool,
    writer: Writer,
    recent: Arc<Recent>,
    announce: broadcast::Sender<Announcement>,
}

impl Sqlite {
    /// Opens the file, creates it if need be, and brings its tables up to date.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Fault> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .statement_cache_capacity(STATEMENTS);
        let mut connection = options
            .clone()
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("cache_size", WRITER_CACHE)
            .connect()
            .await?;
        sqlx::migrate!("./migrations/sqlite")
            .run(&mut connection)
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        let recent = Arc::new(Recent::default());
        let announce = broadcast::Sender::new(ANNOUNCEMENTS);
        let writer = Writer::start(connection, Arc::clone(&recent), announce.clone());
        Ok(Self {
            readers,
            writer,
            recent,
            announce,
        })
    }
}

#[async_trait]
impl Backend for Sqlite {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        let found: Option<String> = sqlx::query_scalar(row::GET)
            .bind(scope.to_string())
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await?;
        found.map(|text| row::state(&text)).transpose()
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
        let found: Vec<String> = sqlx::query_scalar(row::SCAN)
            .bind(scope.to_string())
            // No id is empty, so behind the empty text is the beginning.
            .bind(after.map_or("", StateId::as_str))
            .bind(kind.map(Kind::as_str))
            .bind(count(limit))
            .fetch_all(&self.readers)
            .await?;
        found.iter().map(|text| row::state(text)).collect()
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Arc<State>>, Fault> {
        let found: Vec<String> = sqlx::query_scalar(row::DUE)
            .bind(now.0)
            .bind(count(limit))
            .fetch_all(&self.readers)
            .await?;
        found.iter().map(|text| row::state(text)).collect()
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let before = before.map_or(i64::MAX, |version| clamped(version.0));
        let records: Vec<Record> = sqlx::query_as(row::HISTORY)
            .bind(scope.to_string())
            .bind(id.as_str())
            .bind(before)
            .bind(count(limit))
            .fetch_all(&self.readers)
            .await?;
        records.into_iter().map(Record::change).collect()
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        let records: Vec<Record> = sqlx::query_as(row::LOG)
            .bind(clamped(after.0))
            .bind(count(limit))
            .fetch_all(&self.readers)
            .await?;
        records.into_iter().map(Record::change).collect()
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        let newest: i64 = sqlx::query_scalar(row::REVISION)
            .fetch_one(&self.readers)
            .await?;
        Ok(Revision(u64::try_from(newest)?))
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }
}

/// SQLite counts in signed numbers; whatever is above has no end anyway.
fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
