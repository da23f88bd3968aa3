//! Notes: one statement each. They are written on a connection of their own, which is durable
//! whatever the database is set to.

use std::sync::Arc;

use sqlx::{
    PgConnection,
    postgres::{PgArguments, PgConnectOptions},
    query::Query,
};
use tokio::{sync::Mutex, time::timeout};

use super::{
    Fault, PostgresFault, clamped,
    fault::{Trouble, unanswered},
    link::{self, Readers},
};
use crate::backend::Note;

const GET: &str = "SELECT version, value FROM notes WHERE name = $1";

const LIST: &str = "
    SELECT name, version, value FROM notes WHERE starts_with(name, $1) ORDER BY name";

const CREATE: &str = "
    INSERT INTO notes (name, version, value) SELECT $1, $2 + 1, $3 ON CONFLICT DO NOTHING";

const REPLACE: &str = "
    UPDATE notes SET version = version + 1, value = $3 WHERE name = $1 AND version = $2";

const REMOVE: &str = "DELETE FROM notes WHERE name = $1 AND version = $2 AND $3::text IS NULL";

#[derive(Debug)]
pub(super) struct Notes {
    readers: Readers,
    options: PgConnectOptions,
    writer: Mutex<Option<PgConnection>>,
}

impl Notes {
    pub(super) fn new(readers: Readers, options: PgConnectOptions) -> Self {
        let writer = Mutex::default();
        Self {
            readers,
            options,
            writer,
        }
    }

    pub(super) async fn get(&self, name: &str) -> Result<Option<Note>, Fault> {
        let found: Vec<(i64, String)> = self.readers.rows(GET, |query| query.bind(name)).await?;
        let found = found.first();
        found
            .map(|(version, value)| note(*version, value))
            .transpose()
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
        let found: Vec<(String, i64, String)> =
            self.readers.rows(LIST, |query| query.bind(prefix)).await?;
        let notes = found.into_iter();
        notes
            .map(|(name, version, value)| Ok((name, note(version, &value)?)))
            .collect()
    }

    /// Tries once: whether a try whose answer was lost was done, only its caller can find out.
    pub(super) async fn write(
        &self,
        name: &str,
        seen: u64,
        value: Option<String>,
    ) -> Result<bool, Fault> {
        let sql = match (&value, seen) {
            (None, _) => REMOVE,
            (Some(_), 0) => CREATE,
            (Some(_), _) => REPLACE,
        };
        let query = sqlx::query(sql).bind(name).bind(clamped(seen)).bind(value);
        Ok(self.execute(query).await? == 1)
    }

    /// Executes something small that is no group of writes, once. How many rows it changed.
    pub(super) async fn execute(
        &self,
        query: Query<'_, sqlx::Postgres, PgArguments>,
    ) -> Result<u64, Fault> {
        let mut writer = self.writer.lock().await;
        let mut connection = match writer.take() {
            Some(connection) => connection,
            None => {
                let made = link::connect_to_write(&self.options).await;
                made.map_err(|error| PostgresFault::Unreachable(Arc::new(error)))?
            }
        };
        let done = timeout(link::ANSWER, query.execute(&mut connection)).await;
        match done.unwrap_or_else(|_| Err(unanswered())) {
            Ok(done) => {
                *writer = Some(connection);
                Ok(done.rows_affected())
            }
            Err(error) => Err(Fault::from(match Trouble::of(&error) {
                Trouble::Slow => PostgresFault::Slow(link::STATEMENT),
                Trouble::Full => PostgresFault::Full(Arc::new(error)),
                Trouble::Refused | Trouble::Clash => PostgresFault::Refused(Arc::new(error)),
                Trouble::Standby => PostgresFault::Unreachable(Arc::new(error)),
                Trouble::Lost => PostgresFault::InDoubt(Arc::new(error)),
            })),
        }
    }
}

fn note(version: i64, value: &str) -> Result<Note, Fault> {
    Ok(Note::read(u64::try_from(version)?, value)?)
}
