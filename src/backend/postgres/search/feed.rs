//! Brings the index forward along the log, one transaction a step.
//!
//! A step to a goal passes over records that are known to be replaced before the goal, so an index
//! that is far behind costs what the states cost and not what their history costs. Until it reaches
//! the goal it has holes, and nobody reads it.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::{Connection, PgConnection};

use super::{super::row, PostgresFault, Readers, answered, windows};
use crate::{
    Revision,
    backend::{
        Fault,
        index::{Entry, Feed, Record, Terms, entries},
    },
};

/// Records in one step, which is well within the time that a statement may take.
const RECORDS: i64 = 1000;

/// Bytes of states in one step, but for a single larger one.
const BYTES: i64 = 16 * 1024 * 1024;

/// What is lost in a crash is made again from the log, so no commit waits for the disk.
const UNSYNCED: &str = "SELECT set_config('synchronous_commit', 'off', true)";

const HEAD: &str = "SELECT revision, goal FROM search_head WHERE only_row FOR UPDATE";

const RECORDS_BEHIND: &str = "
    SELECT n.revision, n.previous, n.scope, CASE WHEN n.needed THEN l.state END AS state
    FROM (SELECT m.*, sum(m.bytes) OVER (ORDER BY m.revision) - m.bytes AS weight
          FROM (SELECT l.revision, l.previous, l.scope, s.needed,
                       CASE WHEN s.needed THEN octet_length(l.state) ELSE 0 END AS bytes
                FROM log l CROSS JOIN LATERAL (
                    SELECT s.live AND s.revision = l.revision OR s.revision > $2 AS needed
                    FROM states s WHERE s.scope = l.scope AND s.id = l.id) s
                WHERE l.revision > $1 AND l.revision <= $2 ORDER BY l.revision LIMIT $3) m) n
    JOIN log l ON l.revision = n.revision
    WHERE n.weight < $4 ORDER BY n.revision";

const NUMBER: &str = "
    INSERT INTO search_scopes (scope)
    SELECT k.scope FROM unnest($1::text[]) k (scope)
    WHERE NOT EXISTS (SELECT FROM search_scopes s WHERE s.scope = k.scope)";

const NUMBERS: &str = "SELECT scope, number FROM search_scopes WHERE scope = ANY ($1)";

const FORGET: &str = "DELETE FROM search_entries WHERE revision = ANY ($1)";

const KEEP: &str = "
    INSERT INTO search_entries (revision, ends, wide, created, name, id, terms)
    SELECT n.revision, n.ends, n.wide, n.created, n.name, n.id,
           array_to_tsvector(string_to_array(n.terms, ' '))
    FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[], $5::text[], $6::text[],
                $7::text[])
         n (revision, ends, wide, created, name, id, terms)";

const MOVE: &str = "UPDATE search_head SET revision = $1, goal = $2 WHERE only_row";

pub(super) struct PostgresFeed {
    readers: Readers,
}

#[async_trait]
impl Feed for PostgresFeed {
    async fn step(&mut self) -> Result<Option<Revision>, Fault> {
        let connection = answered(self.readers.acquire()).await;
        let mut connection = connection.map_err(PostgresFault::of_read)?;
        let step = advance(&mut connection).await;
        if step.is_err() {
            connection.close_on_drop();
        }
        step.map_err(PostgresFault::named)
    }
}

impl PostgresFeed {
    pub(super) fn new(readers: Readers) -> Self {
        Self { readers }
    }
}

async fn advance(connection: &mut PgConnection) -> Result<Option<Revision>, Fault> {
    let mut step = answered(connection.begin()).await?;
    answered(sqlx::query(UNSYNCED).execute(&mut *step)).await?;
    // Another server may do the same: whoever holds the row goes on where the other stopped.
    let (head, mut goal): (i64, i64) = answered(sqlx::query_as(HEAD).fetch_one(&mut *step)).await?;
    if head == goal {
        goal = answered(sqlx::query_scalar(row::REVISION).fetch_one(&mut *step)).await?;
    }
    if head == goal {
        return Ok(Some(Revision(u64::try_from(head)?)));
    }
    let records = sqlx::query_as(RECORDS_BEHIND)
        .bind(head)
        .bind(goal)
        .bind(RECORDS)
        .bind(BYTES);
    let records: Vec<Record> = answered(records.fetch_all(&mut *step)).await?;
    let last = records
        .last()
        .ok_or("the log ends before its head")?
        .revision;
    let previous: Vec<i64> = records
        .iter()
        .filter_map(|record| record.previous)
        .collect();
    let numbers = numbers(&mut step, &records).await?;
    let entries = entries(records, numbers, |scope, revision| {
        Terms::of_window(scope, windows::of(revision))
    })
    .await?;
    answered(sqlx::query(FORGET).bind(previous).execute(&mut *step)).await?;
    keep(&mut step, &entries).await?;
    answered(sqlx::query(MOVE).bind(last).bind(goal).execute(&mut *step)).await?;
    answered(step.commit()).await?;
    Ok((last == goal).then_some(Revision(u64::try_from(last)?)))
}

async fn numbers(
    step: &mut PgConnection,
    records: &[Record],
) -> Result<HashMap<String, i64>, Fault> {
    let mut scopes: Vec<&str> = records.iter().map(|record| record.scope.as_str()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    answered(sqlx::query(NUMBER).bind(&scopes).execute(&mut *step)).await?;
    let numbers: Vec<(String, i64)> =
        answered(sqlx::query_as(NUMBERS).bind(&scopes).fetch_all(step)).await?;
    Ok(numbers.into_iter().collect())
}

async fn keep(step: &mut PgConnection, entries: &[Entry]) -> Result<(), Fault> {
    fn column<'a, T>(entries: &'a [Entry], of: impl Fn(&'a Entry) -> T) -> Vec<T> {
        entries.iter().map(of).collect()
    }
    let keep = sqlx::query(KEEP)
        .bind(column(entries, |entry| entry.revision))
        .bind(column(entries, |entry| entry.ends))
        .bind(column(entries, |entry| entry.is_wide))
        .bind(column(entries, |entry| entry.created))
        .bind(column(entries, |entry| entry.name.as_str()))
        .bind(column(entries, |entry| entry.id.as_str()))
        .bind(column(entries, |entry| entry.terms.join(" ")));
    answered(keep.execute(step)).await?;
    Ok(())
}
