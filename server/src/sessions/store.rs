//! The record of a session at rest: under a hash of the id, with two limits of time.
//!
//! Kept by tower-sessions' SQLite store in a file of its own, who is logged in beside it (`logins`). What that store does not do is done
//! here: a visit moves the end of a session only if the session is still there (it can never come
//! back after its end), and at most once an hour, so that visits cost reads and no writes.

use std::{
    collections::HashMap,
    net::IpAddr,
    path::Path,
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};

use holdfast::{Clock, Timestamp};
use serde_json::json;
use sqlx::{
    ConnectOptions, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::sync::broadcast;
use tower_sessions::{ExpiredDeletion, SessionStore, session::Record, session_store};
use tower_sessions_sqlx_store::SqliteStore;

use super::{SessionId, logins};
use crate::settings::SessionSettings;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// A visit moves the end of its session no more often than this.
const TOUCH_EVERY_MS: i64 = 3600 * 1000;
/// Reading a session is one indexed look-up; more readers than this would only wait for the disk.
const CONNECTIONS: u32 = 8;
/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(5);
/// When a person was last seen is written no more often than this.
const SEEN_EVERY_MS: i64 = 60 * 1000;
/// Ends that wait for a slow listener; one who missed some looks for itself.
const ENDS: usize = 64;
const CREATED_AT: &str = "created_at";

/// Why sessions cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] session_store::Error),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A time outside the calendar.
    #[error("a session's time is out of range")]
    Time,
}

/// Every session of this server.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: SqliteStore,
    pool: SqlitePool,
    /// Keeps a database in memory there.
    _keeper: Option<Arc<Mutex<SqliteConnection>>>,
    clock: Arc<dyn Clock>,
    idle_ms: i64,
    absolute_ms: i64,
    ends: broadcast::Sender<Ended>,
}

/// What ended here, for those who listen in its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The session whose record is kept under this.
    Session(Arc<str>),
    /// Some or all sessions of this account.
    Account(Arc<str>),
}

/// A session that is there, and who is logged in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The account.
    pub account: Option<String>,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// The workspace that the browser had before, while it is not decided what becomes of it.
    pub former: Option<String>,
}

/// A session's end and its login, if any.
type Row = (
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
);

impl Sessions {
    /// Opens the file, or keeps sessions in this process where there is none.
    pub async fn open(
        file: Option<&Path>,
        settings: &SessionSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let mut keeper = None;
        let pool = match file {
            Some(file) => {
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(BUSY);
                SqlitePoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .connect_with(options)
                    .await?
            }
            // A database in memory is there as long as it has a connection, and the pool closes one whose request went
            // away at the wrong moment.
            None => {
                let options = SqliteConnectOptions::from_str("sqlite::memory:")?;
                keeper = Some(Arc::new(Mutex::new(options.connect().await?)));
                let one = SqlitePoolOptions::new().max_connections(1);
                one.connect_with(options).await?
            }
        };
        let store = SqliteStore::new(pool.clone());
        store.migrate().await?;
        logins::prepare(&pool).await?;
        Ok(Self {
            store,
            pool,
            _keeper: keeper,
            clock,
            idle_ms: i64::from(settings.idle_days) * DAY_MS,
            absolute_ms: i64::from(settings.absolute_days) * DAY_MS,
            ends: broadcast::Sender::new(ENDS),
        })
    }

    /// Keeps a new session.
    pub async fn start(&self, id: SessionId) -> Result<(), Error> {
        let Timestamp(now) = self.clock.now();
        let mut record = Record {
            id: id.at_rest(),
            data: HashMap::from([(CREATED_AT.to_owned(), json!(now))]),
            expiry_date: date(now + self.idle_ms.min(self.absolute_ms))?,
        };
        Ok(self.store.create(&mut record).await?)
    }

    /// Whether this session is there and its time is not over, and who is logged in. A visit moves its end.
    pub async fn visit(&self, id: SessionId, address: IpAddr) -> Result<Option<Visit>, Error> {
        let row: Option<Row> = sqlx::query_as(
            "select cast(strftime('%s', s.expiry_date) as integer), l.account, l.former, l.seen, l.since \
             from tower_sessions s left join logins l on l.id = s.id where s.id = ?",
        )
        .bind(id.at_rest().to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Timestamp(now) = self.clock.now();
        let Some((ends, account, former, seen, since)) = row else {
            return Ok(None);
        };
        let ends = ends.unwrap_or_default().saturating_mul(1000);
        if ends <= now {
            return Ok(None);
        }
        if ends < now + self.idle_ms - TOUCH_EVERY_MS {
            self.touch(id, now, ends).await?;
        }
        if seen.is_some_and(|seen| seen + SEEN_EVERY_MS <= now) {
            self.seen(id, now, address).await?;
        }
        Ok(Some(Visit {
            account,
            since: since.unwrap_or_default(),
            former,
        }))
    }

    async fn touch(&self, id: SessionId, now: i64, ends: i64) -> Result<(), Error> {
        let Some(record) = self.store.load(&id.at_rest()).await? else {
            return Ok(());
        };
        let created = record
            .data
            .get(CREATED_AT)
            .and_then(serde_json::Value::as_i64)
            .unwrap_or(0);
        let wanted = (now + self.idle_ms).min(created + self.absolute_ms);
        // Near the absolute limit there is nothing left to move.
        if wanted < ends + TOUCH_EVERY_MS {
            return Ok(());
        }
        let text = date(wanted)?.format(&Rfc3339).map_err(|_| Error::Time)?;
        // An update, not an upsert: a session that was ended in between stays ended.
        sqlx::query("update tower_sessions set expiry_date = ? where id = ?")
            .bind(text)
            .bind(id.at_rest().to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends a session, for good.
    pub async fn end(&self, id: SessionId) -> Result<(), Error> {
        self.store.delete(&id.at_rest()).await?;
        self.tell(Ended::Session(id.at_rest().to_string().into()));
        Ok(())
    }

    /// Hears when sessions end.
    pub(crate) fn ends(&self) -> broadcast::Receiver<Ended> {
        self.ends.subscribe()
    }

    pub(super) fn tell(&self, ended: Ended) {
        // Perhaps nobody listens.
        drop(self.ends.send(ended));
    }

    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now().0
    }

    /// Removes the records of sessions whose time is over.
    pub async fn sweep(&self) -> Result<(), Error> {
        Ok(self.store.delete_expired().await?)
    }

    /// How long a browser may keep the cookie; the record ends earlier when nobody comes.
    pub(super) fn longest(&self) -> time::Duration {
        time::Duration::milliseconds(self.absolute_ms)
    }
}

/// Whole seconds: the store compares dates as text, and fractions would not sort.
fn date(millis: i64) -> Result<OffsetDateTime, Error> {
    OffsetDateTime::from_unix_timestamp(millis / 1000).map_err(|_| Error::Time)
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
