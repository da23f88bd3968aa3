//! Notes: their own small connection, so that one never waits behind a group of writes it is not part of.

use sqlx::SqlitePool;

use super::{Fault, SqliteFault, clamped};
use crate::backend::Note;

const GET: &str = "SELECT version, value FROM notes WHERE name = ?1";

const LIST: &str = "
    SELECT name, version, value FROM notes
    WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 ORDER BY name";

const CREATE: &str = "
    INSERT INTO notes (name, version, value) VALUES (?1, 1, ?3) ON CONFLICT DO NOTHING";

const REPLACE: &str = "
    UPDATE notes SET version = version + 1, value = ?3 WHERE name = ?1 AND version = ?2";

const REMOVE: &str = "DELETE FROM notes WHERE name = ?1 AND version = ?2";

pub(super) async fn get(readers: &SqlitePool, name: &str) -> Result<Option<Note>, Fault> {
    let found: Option<(i64, String)> = sqlx::query_as(GET)
        .bind(name)
        .fetch_optional(readers)
        .await
        .map_err(SqliteFault::from)?;
    found
        .map(|(version, value)| note(version, &value))
        .transpose()
}

pub(super) async fn list(readers: &SqlitePool, prefix: &str) -> Result<Vec<(String, Note)>, Fault> {
    let found: Vec<(String, i64, String)> = sqlx::query_as(LIST)
        .bind(prefix)
        .fetch_all(readers)
        .await
        .map_err(SqliteFault::from)?;
    let notes = found.into_iter();
    notes
        .map(|(name, version, value)| Ok((name, note(version, &value)?)))
        .collect()
}

pub(super) async fn write(
    writer: &SqlitePool,
    name: &str,
    seen: u64,
    value: Option<String>,
) -> Result<bool, Fault> {
    let sql = match (&value, seen) {
        (None, _) => REMOVE,
        (Some(_), 0) => CREATE,
        (Some(_), _) => REPLACE,
    };
    let done = sqlx::query(sql)
        .bind(name)
        .bind(clamped(seen))
        .bind(value)
        .execute(writer)
        .await
        .map_err(SqliteFault::from)?;
    Ok(done.rows_affected() == 1)
}

fn note(version: i64, value: &str) -> Result<Note, Fault> {
    Ok(Note::read(u64::try_from(version)?, value)?)
}
