//! Brings the index forward along the log, one transaction a step.
//!
//! A step to a goal passes over records that are known to be replaced before the goal, so an index
//! that is made anew costs what the states cost and not what their history costs. Until it reaches
//! the goal it has holes, and nobody reads it.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use serde_json::json;
use sqlx::{Connection, SqliteConnection, SqlitePool};

use super::{
    super::{SqliteFault, row},
    file::{Damage, Files, is_damage},
};
use crate::{
    Revision,
    backend::{
        Fault,
        index::{Entry, Feed, Record, Terms, entries},
    },
};

/// Records in one step: some 40 ms of work.
const RECORDS: i64 = 2000;

/// Bytes of states in one step, but for a single larger one.
const BYTES: i64 = 16 * 1024 * 1024;

// Each row is met without its state first, because states are large and most old ones are not needed.
const RECORDS_BEHIND: &str = "
    SELECT n.revision, n.previous, n.scope, CASE WHEN n.needed THEN l.state END AS state
    FROM (SELECT m.*, sum(m.needed * m.bytes) OVER (ORDER BY m.revision) - m.needed * m.bytes AS weight
          FROM (SELECT l.revision, l.previous, l.scope, l.bytes,
                       l.live AND (s.revision = l.revision OR s.revision > ?2) AS needed
                FROM log l CROSS JOIN states s ON s.scope = l.scope AND s.id = l.id
                WHERE l.revision > ?1 AND l.revision <= ?2 ORDER BY l.revision LIMIT ?3) m) n
    CROSS JOIN log l ON l.revision = n.revision
    WHERE n.weight < ?4 ORDER BY n.revision";

/// What makes a record of the log recognisable.
const MARK: &str =
    "SELECT json_array(scope, id, version, transition, actor, at) FROM log WHERE revision = ?1";

const NUMBER: &str = "INSERT OR IGNORE INTO scopes (scope) SELECT value FROM json_each(?1)";

const NUMBERS: &str = "
    SELECT s.scope, s.number FROM json_each(?1) k CROSS JOIN scopes s ON s.scope = k.value";

const FORGET_WORDS: &str = "
    DELETE FROM words WHERE rowid IN (
        SELECT e.revision FROM json_each(?1) k CROSS JOIN entries e ON e.revision = k.value)";

const FORGET: &str = "DELETE FROM entries WHERE revision IN (SELECT value FROM json_each(?1))";

const KEEP: &str = "
    INSERT INTO entries (revision, ends, wide, kind, created, name, id)
    SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4, e.value ->> 5,
           e.value ->> 6
    FROM json_each(?1) e";

const KEEP_WORDS: &str = "
    INSERT INTO words (rowid, terms) SELECT e.value ->> 0, e.value ->> 7 FROM json_each(?1) e";

const MOVE: &str = "UPDATE head SET revision = ?1, goal = ?2, mark = ?3";

pub(super) struct SqliteFeed {
    files: Arc<Files>,
    log: SqlitePool,
    connection: Option<SqliteConnection>,
}

#[async_trait]
impl Feed for SqliteFeed {
    async fn step(&mut self) -> Result<Option<Revision>, Fault> {
        self.step_on().await.map_err(SqliteFault::named)
    }
}

impl SqliteFeed {
    pub(super) fn new(files: Arc<Files>, log: SqlitePool) -> Self {
        let connection = None;
        Self {
            files,
            log,
            connection,
        }
    }

    async fn step_on(&mut self) -> Result<Option<Revision>, Fault> {
        if self.files.is_given_up() {
            self.start_anew().await?;
        }
        match self.forward().await {
            Err(error) if is_damage(&error) => {
                tracing::warn!(%error, "the index of the search is made anew");
                self.start_anew().await?;
                self.forward().await
            }
            other => other,
        }
    }

    async fn start_anew(&mut self) -> Result<(), Fault> {
        if let Some(connection) = self.connection.take() {
            // What it says at its end is of no interest any more.
            let _ = connection.close().await;
        }
        self.files.discard().await
    }

    async fn forward(&mut self) -> Result<Option<Revision>, Fault> {
        // A connection that failed is not used again.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let mut connection = self.files.open().await?;
                self.check(&mut connection).await?;
                connection
            }
        };
        let whole = self.advance(&mut connection).await?;
        self.connection = Some(connection);
        Ok(whole)
    }

    /// That this is the index of this database, as it is or as it was.
    async fn check(&self, connection: &mut SqliteConnection) -> Result<(), Fault> {
        let head: (i64, String) = sqlx::query_as("SELECT revision, mark FROM head")
            .fetch_one(connection)
            .await?;
        if head.0 == 0 || self.mark(head.0).await? == Some(head.1) {
            return Ok(());
        }
        Err(Damage("of another database").into())
    }

    async fn mark(&self, revision: i64) -> Result<Option<String>, Fault> {
        let mark = sqlx::query_scalar(MARK).bind(revision);
        Ok(mark.fetch_optional(&self.log).await?)
    }

    async fn advance(&self, connection: &mut SqliteConnection) -> Result<Option<Revision>, Fault> {
        // Another process may do the same: whoever holds the lock goes on where the other stopped.
        let mut step = connection.begin_with("BEGIN IMMEDIATE").await?;
        let (head, mut goal): (i64, i64) = sqlx::query_as("SELECT revision, goal FROM head")
            .fetch_one(&mut *step)
            .await?;
        if head == goal {
            goal = sqlx::query_scalar(row::REVISION)
                .fetch_one(&self.log)
                .await?;
        }
        if head == goal {
            return Ok(Some(Revision(u64::try_from(head)?)));
        }
        let records = sqlx::query_as(RECORDS_BEHIND)
            .bind(head)
            .bind(goal)
            .bind(RECORDS)
            .bind(BYTES);
        let records: Vec<Record> = records.fetch_all(&self.log).await?;
        let last = records
            .last()
            .ok_or(Damage("ahead of its database"))?
            .revision;
        let mark = self
            .mark(last)
            .await?
            .ok_or(Damage("ahead of its database"))?;
        let previous: Vec<i64> = records
            .iter()
            .filter_map(|record| record.previous)
            .collect();
        let numbers = numbers(&mut step, &records).await?;
        let entries = entries(records, numbers, |scope, _| Terms::of_scope(scope)).await?;
        write(&mut step, &previous, &entries).await?;
        sqlx::query(MOVE)
            .bind(last)
            .bind(goal)
            .bind(mark)
            .execute(&mut *step)
            .await?;
        step.commit().await?;
        Ok((last == goal).then_some(Revision(u64::try_from(last)?)))
    }
}

async fn numbers(
    step: &mut SqliteConnection,
    records: &[Record],
) -> Result<HashMap<String, i64>, Fault> {
    let mut scopes: Vec<&str> = records.iter().map(|record| record.scope.as_str()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let scopes = json!(scopes).to_string();
    sqlx::query(NUMBER)
        .bind(&scopes)
        .execute(&mut *step)
        .await?;
    let numbers: Vec<(String, i64)> = sqlx::query_as(NUMBERS)
        .bind(&scopes)
        .fetch_all(step)
        .await?;
    Ok(numbers.into_iter().collect())
}

async fn write(
    step: &mut SqliteConnection,
    previous: &[i64],
    entries: &[Entry],
) -> Result<(), Fault> {
    let previous = json!(previous).to_string();
    sqlx::query(FORGET_WORDS)
        .bind(&previous)
        .execute(&mut *step)
        .await?;
    sqlx::query(FORGET)
        .bind(previous)
        .execute(&mut *step)
        .await?;
    let rows = entries.iter().map(|entry| {
        let wide = i64::from(entry.is_wide);
        json!([
            entry.revision,
            entry.ends,
            wide,
            entry.kind,
            entry.created,
            entry.name,
            entry.id,
            entry.terms.join(" ")
        ])
    });
    let rows = serde_json::Value::from_iter(rows).to_string();
    sqlx::query(KEEP).bind(&rows).execute(&mut *step).await?;
    sqlx::query(KEEP_WORDS).bind(rows).execute(step).await?;
    Ok(())
}
