//! States in a PostgreSQL database that several servers may share.
//!
//! This file connects and answers readers. `writer` gathers concurrent writes into groups, `group`
//! is what travels of one, `announcer` tells what was written here and elsewhere, `row` decodes
//! records, `link` makes connections, and `fault` knows what an error means. What is decided and
//! written is decided inside the database (`migrations/postgres`), in one round trip a group.
//!
//! An acknowledged write is on the server's disk. The connections are used for `LISTEN` and set
//! their own limits, so a pooler in between must pool sessions.

mod alone;
mod announcer;
mod fault;
mod group;
mod link;
mod notes;
mod row;
mod search;
mod thin;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use sqlx::{Connection, postgres::PgConnectOptions};
use tokio::sync::{Notify, broadcast};

pub use self::fault::PostgresFault;
use self::{
    announcer::Announcer, link::Readers, notes::Notes, row::Record, search::Search, writer::Writer,
};
use super::{
    ANNOUNCEMENTS, Announcement, Backend, Batch, Due, Fault, Finding, Held, Note, Outcome, Queues,
    Thinned, Write, recent::Recent, told_soon,
};
use crate::{
    Change, Kind, Revision, Scope, State, StateId, Timestamp, Version,
    search::{Ask, Found},
};

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
    notes: Notes,
    search: Search,
    recent: Arc<Recent>,
    announce: broadcast::Sender<Announcement>,
}

impl Postgres {
    /// Connects to `postgres://user:password@host/database`; for a server on another machine add
    /// `?sslmode=verify-full`, and `&sslrootcert=/path/to/ca.pem` where its authority is one's own. Creates the tables if need be, and
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
        let notes = Notes::new(readers.clone(), options.clone());
        let written = Arc::new(Notify::new());
        let search = Search::start(readers.clone(), Arc::clone(&written));
        let writer = Writer::start(id, options, Arc::clone(&recent), own, written);
        Ok(Self {
            readers,
            writer,
            notes,
            search,
            recent,
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
        let scope = scope.to_string();
        let records: Vec<Record> = self
            .readers
            .rows(row::HISTORY, |query| {
                query
                    .bind(&scope)
                    .bind(id.as_str())
                    .bind(before)
                    .bind(count(limit))
                    .bind(from)
            })
            .await?;
        row::history(records)
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

    async fn search(&self, ask: &Ask) -> Result<Found, Fault> {
        let newest = self.revision().await?;
        self.search.answer(ask, newest).await
    }

    async fn due(&self, now: Timestamp, passed: usize, limit: usize) -> Result<Vec<Due>, Fault> {
        let found: Vec<(String,)> = self
            .readers
            .rows(row::DUE, |query| {
                query.bind(now.0).bind(count(limit)).bind(count(passed))
            })
            .await?;
        Ok(found.iter().map(|(text,)| row::state(text)).collect())
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
        row::log(&self.readers, after, limit).await
    }

    async fn revision(&self) -> Result<Revision, Fault> {
        row::revision(&self.readers).await
    }

    async fn thin(&self, records: &[Thinned]) -> Result<u64, Fault> {
        thin::records(&self.notes, records).await
    }

    fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.announce.subscribe()
    }

    async fn held(&self) -> Result<Held, Fault> {
        let found: Vec<(i64, i64)> = self.readers.rows(row::HELD, |query| query).await?;
        let (states, bytes) = found.first().copied().unwrap_or_default();
        row::held(states, bytes)
    }

    async fn queues(&self) -> Result<Queues, Fault> {
        Ok(Queues {
            writes: Some(self.writer.waiting()),
            search: told_soon(self.search.behind()).await,
        })
    }

    async fn findings(&self) -> Result<Vec<Finding>, Fault> {
        const ASK: &str = "
            SELECT current_setting('server_version'), pg_is_in_recovery(), current_setting('fsync') = 'on',
                   current_setting('full_page_writes') = 'on'";
        let found: Vec<(String, bool, bool, bool)> = self.readers.rows(ASK, |query| query).await?;
        let (version, is_standby, has_fsync, has_pages) =
            found.into_iter().next().unwrap_or_default();
        let is_durable = has_fsync && has_pages;
        Ok(vec![
            Finding::new(
                "version",
                format!("PostgreSQL {version}"),
                is_standby.then_some("this server is a standby, which takes no writes: use the address of the primary"),
            ),
            Finding::new(
                "durability",
                if is_durable {
                    "acknowledged writes survive a power cut"
                } else {
                    "acknowledged writes may be lost, and the database damaged, in a power cut"
                },
                (!is_durable).then_some("set `fsync = on` and `full_page_writes = on` in `postgresql.conf`"),
            ),
        ])
    }

    async fn note(&self, name: &str) -> Result<Option<Note>, Fault> {
        self.notes.get(name).await
    }

    async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        self.notes.list(prefix).await
    }

    async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Fault> {
        let value = value.map(Value::to_string);
        self.notes.write(name, seen, value).await
    }
}

/// PostgreSQL counts in signed numbers; whatever is above has no end anyway.
fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
