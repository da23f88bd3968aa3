//! The file of an index: how it is opened, recognised, and thrown away.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use sqlx::{
    ConnectOptions, Executor, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    super::{BUSY, CHECKPOINT_PAGES},
    counts::Counts,
    readers::Readers,
};
use crate::backend::Fault;

/// What the tables below and the terms in them mean. Another number, another index: it is made anew.
const FORMAT: i64 = 3;

/// The number of the scope, what every state has, and which revision has which words. The postings of
/// `words` have no positions and no copy of the text, and the newest revision comes first from behind.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS head (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        format   INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        goal     INTEGER NOT NULL,
        mark     TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS scopes (
        number INTEGER PRIMARY KEY,
        scope  TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE IF NOT EXISTS entries (
        revision INTEGER PRIMARY KEY,
        ends     INTEGER,
        wide     INTEGER NOT NULL,
        kind     TEXT    NOT NULL,
        created  INTEGER NOT NULL,
        name     TEXT    NOT NULL,
        id       TEXT    NOT NULL
    ) STRICT;
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
        terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
    );
    INSERT OR IGNORE INTO head VALUES (1, 3, 0, 0, '');";

/// The page cache of each connection in kB, negative as SQLite wants it.
pub(super) const CACHE: i64 = -16_384;

/// Where an index is, the connections that read it, and what was counted in it.
#[derive(Debug)]
pub(super) struct Files {
    path: PathBuf,
    pub(super) readers: Arc<Readers>,
    pub(super) counts: Counts,
    is_given_up: AtomicBool,
}

impl Files {
    pub(super) fn beside(database: &Path) -> Self {
        let path = with(database, "-search");
        Self {
            readers: Readers::of(database, &path),
            counts: Counts::default(),
            path,
            is_given_up: AtomicBool::new(false),
        }
    }

    /// Asks for a new index: this one is of no use.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Relaxed);
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Relaxed)
    }

    /// A connection that writes; the file and its tables are there then.
    pub(super) async fn open(&self) -> Result<SqliteConnection, Fault> {
        let options = options(&self.path).create_if_missing(true);
        let options = options.pragma("cache_size", CACHE.to_string());
        let options = options.pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
        let mut connection = options.connect().await?;
        connection.execute(sqlx::raw_sql(TABLES)).await?;
        let format: i64 = sqlx::query_scalar("SELECT format FROM head")
            .fetch_one(&mut connection)
            .await?;
        if format != FORMAT {
            return Err(Damage("of another format").into());
        }
        Ok(connection)
    }

    /// Throws the file away.
    pub(super) async fn discard(&self) -> Result<(), Fault> {
        let _closed = self.readers.closed().await?;
        let parts = ["", "-wal", "-shm"].map(|suffix| with(&self.path, suffix));
        tokio::task::spawn_blocking(move || parts.iter().try_for_each(|part| removed(part)))
            .await??;
        self.counts.clear();
        self.is_given_up.store(false, Relaxed);
        Ok(())
    }
}

fn removed(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What is wrong with an index that can be read.
#[derive(Debug, thiserror::Error)]
#[error("the index is {0}")]
pub(super) struct Damage(pub(super) &'static str);

/// Whether a new index would help.
pub(super) fn is_damage(error: &Fault) -> bool {
    // SQLITE_ERROR (a table is missing), SQLITE_CORRUPT, SQLITE_CANTOPEN and SQLITE_NOTADB, whose
    // extended codes have more bits above these.
    const CODES: [i32; 4] = [1, 11, 14, 26];
    let is_known = |code: i32| CODES.contains(&(code & 0xff));
    error.is::<Damage>() || is_cut_short(error) || code(error).is_some_and(is_known)
}

/// Whether a file ended before it should: cut off, or exchanged under its reader.
pub(super) fn is_cut_short(error: &Fault) -> bool {
    // SQLITE_IOERR_SHORT_READ
    code(error) == Some(522)
}

/// SQLite's extended code.
fn code(error: &Fault) -> Option<i32> {
    let of_writer = || match error.downcast_ref()? {
        sqlx::Error::Database(error) => error.code()?.parse::<i32>().ok(),
        _ => None,
    };
    let of_reader = || {
        let error = error.downcast_ref::<rusqlite::Error>()?.sqlite_error()?;
        Some(error.extended_code)
    };
    of_reader().or_else(of_writer)
}

fn options(path: &Path) -> SqliteConnectOptions {
    // A power cut may take the last steps with it, but leaves the file whole.
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY)
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
