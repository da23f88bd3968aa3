//! States in one SQLite file: WAL, `synchronous = FULL`, one writer, a pool of readers.
//!
//! This file opens the database and answers readers. `tables` brings a file up to date. `writer` gathers concurrent writes
//! into one transaction over its own connection (`link`), `group`, `stored` and `append` are such a transaction, `row`
//! decodes records, `fault` says what can go wrong. An acknowledged write is on disk: it survives `kill -9` and a power cut.

mod append;
mod due;
mod fault;
mod group;
mod link;
mod notes;
mod row;
mod search;
mod stored;
mod tables;
mod thin;
mod writer;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;
use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{
    sync::{Notify, broadcast},
    time::{Instant, sleep, timeout},
};

pub use self::fault::SqliteFault;
use self::{link::Link, row::Record, search::Search, writer::Writer};
use super::{
    ANNOUNCEMENTS, Announcement, Backend, Batch, Due, Fault, Finding, Held, Note, Outcome, Queues,
    Thinned, Write, recent::Recent, told_soon,
};
use crate::{
    Change, Kind, Revision, Scope, State, StateId, Timestamp, Version,
    log::PAGE_BYTES,
    search::{Ask, Found},
};

/// Readers at once. SQLite reads are short and need a core each; more would only wait.
const READERS: u32 = 4;

/// How long a connection waits for another process that holds the file.
const BUSY: Duration = Duration::from_secs(5);

/// How long the whole file is looked at for damage.
const LOOK: Duration = Duration::from_secs(4);

/// Time between two looks, where SQLite does not wait by itself.
const AGAIN: Duration = Duration::from_millis(10);

/// Pages of 4 kB the write-ahead log grows to before it is moved into the file: seldom enough that
/// a busy writer hardly notices, small enough (16 MB) to be read back at once after a crash.
const CHECKPOINT_PAGES: &str = "4000";

/// Prepared statements kept by each connection: all that there are.
const STATEMENTS: usize = 64;

/// The backend `database` on a file.
#[derive(Debug)]
pub struct Sqlite {
    readers: SqlitePool,
    writer: Writer,
    note_writer: SqlitePool,
    recent: Arc<Recent>,
    search: Search,
    announce: broadcast::Sender<Announcement>,
}

impl Sqlite {
    /// Opens the file, creates it if need be, and brings its tables up to date.
    ///
    /// # Errors
    /// [`SqliteFault`] when the file cannot be opened; another fault when its tables are a newer
    /// program's.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Fault> {
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .statement_cache_capacity(STATEMENTS);
        let mut connection = connect(&options).await?;
        tables::bring_up_to_date(&mut connection, tables::PATIENCE).await?;
        let link = Link::to(path.as_ref());
        let for_writer = link.open().map_err(SqliteFault::from)?;
        // Not before the writer's is open: who closes the last one cleans up.
        connection.close().await.map_err(SqliteFault::from)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // That they answer is asked when they are given back; a file does not hang up in between.
            .test_before_acquire(false)
            .connect_lazy_with(options.clone().pragma("query_only", "ON"));
        let note_writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        let recent = Arc::new(Recent::default());
        let announce = broadcast::Sender::new(ANNOUNCEMENTS);
        let written = Arc::new(Notify::new());
        let search = Search::start(path.as_ref(), readers.clone(), Arc::clone(&written));
        let writer = Writer::start(
            link,
            for_writer,
            Arc::clone(&recent),
            announce.clone(),
            written,
        );
        Ok(Self {
            readers,
            writer,
            note_writer,
            recent,
            search,
            announce,
        })
    }

    /// A state's changes to versions before `before`, looked for from the newest on, or from the record at `from` on.
    async fn chain(
        &self,
        scope: &Scope,
        id: &StateId,
        before: i64,
        limit: usize,
        from: Option<i64>,
    ) -> Result<Vec<Change>, Fault> {
        let records: Vec<Record> = sqlx::query_as(row::HISTORY)
            .bind(scope.to_string())
            .bind(id.as_str())
            .bind(before)
            .bind(count(limit))
            .bind(from)
            .fetch_all(&self.readers)
            .await
            .map_err(SqliteFault::from)?;
        row::history(records)
    }
}

/// Connects. SQLite itself does not wait for another process that makes the file at the same moment.
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, SqliteFault> {
    let began = Instant::now();
    loop {
        match options.connect().await.map_err(SqliteFault::from) {
            Err(SqliteFault::Busy(_)) if began.elapsed() < BUSY => sleep(AGAIN).await,
            connected => return connected,
        }
    }
}

#[async_trait]
impl Backend for Sqlite {
    async fn get(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Fault> {
        let found: Option<String> = sqlx::query_scalar(row::GET)
            .bind(scope.to_string())
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(SqliteFault::from)?;
        found.map(|text| row::state(&text)).transpose()
    }

    fn recent(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        self.recent.find(scope, id)
    }

    async fn apply(&self, batch: Batch) -> Result<Outcome, Fault> {
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
            .await
            .map_err(SqliteFault::from)?;
        found.iter().map(|text| row::state(text)).collect()
    }

    async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        self.search.answer(ask).await
    }

    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault> {
        due::states(&self.readers, &self.note_writer, now, passed, limit).await
    }

    async fn history(
        &self,
        scope: &Scope,
        id: &StateId,
        before: Option<Version>,
        limit: usize,
    ) -> Result<Vec<Change>, Fault> {
        let before = before.map_or(i64::MAX, |version| clamped(version.0));
        self.chain(scope, id, before, limit, None).await
    }

    async fn history_behind(&self, last: &Change, limit: usize) -> Result<Vec<Change>, Fault> {
        let State {
            scope, id, version, ..
        } = &*last.after;
        let (before, from) = (clamped(version.0), clamped(last.revision.0));
        self.chain(scope, id, before, limit, Some(from)).await
    }

    async fn log(&self, after: Revision, limit: usize) -> Result<Vec<Change>, Fault> {
        let records: Vec<Record> = sqlx::query_as(row::LOG)
            .bind(clamped(after.0))
            .bind(count(limit))
            .bind(PAGE_BYTES)
            .fetch_all(&self.readers)
            .await
            .map_err(SqliteFault::from)?;
        records.into_iter().map(Record::change).collect()
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        row::revision(&self.readers).await
    }

    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault> {
        thin::records(&self.note_writer, records).await
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }

    async fn held(&self) -> Result<Held, Fault> {
        let (states, bytes): (i64, i64) = sqlx::query_as(row::HELD)
            .fetch_one(&self.readers)
            .await
            .map_err(SqliteFault::from)?;
        row::held(states, bytes)
    }

    async fn queues(&self) -> Result<Queues, Fault> {
        Ok(Queues {
            writes: Some(self.writer.waiting()),
            search: told_soon(self.search.behind()).await,
        })
    }

    async fn findings(&self) -> Result<Vec<Finding>, Fault> {
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(&self.readers)
            .await
            .map_err(SqliteFault::from)?;
        let version = Finding::new("version", format!("SQLite {version}"), None);
        // It reads the whole file.
        let looked = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_all(&self.readers);
        let Ok(looked) = timeout(LOOK, looked).await else {
            let found = format!(
                "not read to its end in {LOOK:?}; SQLite's own program does (`PRAGMA quick_check`)"
            );
            return Ok(vec![version, Finding::new("file", found, None)]);
        };
        let damage = match looked.map_err(SqliteFault::from) {
            Ok(lines) => lines.into_iter().find(|line: &String| line != "ok"),
            Err(SqliteFault::Damaged(error)) => Some(error.to_string()),
            Err(error) => return Err(error.into()),
        };
        let advice = damage
            .as_ref()
            .map(|_| "stop the server and restore a backup");
        let found = damage.unwrap_or_else(|| "the file is whole".into());
        Ok(vec![version, Finding::new("file", found, advice)])
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, Fault> {
        notes::get(&self.readers, name).await
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        notes::list(&self.readers, prefix).await
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Fault> {
        notes::write(&self.note_writer, name, seen, value.map(Value::to_string)).await
    }
}

/// SQLite counts in signed numbers; whatever is above has no end anyway.
fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
