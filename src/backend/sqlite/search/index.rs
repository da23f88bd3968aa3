//! Reads the index as it is at one moment, and the states it names.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use sqlx::{Connection, SqliteConnection, SqlitePool};

use super::{
    super::{clamped, count, row},
    file::Files,
};
use crate::{
    Revision, State,
    backend::{
        Fault,
        index::{Candidate, Dialect, Index, Plan, Row, Terms, answer as answered},
    },
    search::{
        Ask, Found, Selection, Sort,
        sort::{By, Key},
    },
};

const DIALECT: Dialect = Dialect {
    quote: '"',
    prefix: "*",
    and: " AND ",
    or: " OR ",
    and_not: " NOT ",
};

// How far the index is, and the number of a scope in it, if it has states.
const HEAD: &str = "
    SELECT h.revision, h.goal, s.number FROM head h LEFT JOIN scopes s ON s.scope = ?1";

// One row here too. JSON as we write it has no line breaks.
const STATES: &str = "
    SELECT group_concat(l.revision || ' ' || l.state, char(10))
    FROM json_each(?1) k CROSS JOIN log l ON l.revision = k.value";

/// The answer as of `newest` or later; `None` when the index is not that far, or has holes.
pub(super) async fn answer(
    files: &Files,
    log: &SqlitePool,
    ask: &Ask,
    newest: Revision,
) -> Result<Option<Found>, Fault> {
    let mut connection = files.readers().acquire().await?;
    let mut snapshot = connection.begin().await?;
    let (head, goal, number): (i64, i64, Option<i64>) = sqlx::query_as(HEAD)
        .bind(ask.scope().to_string())
        .fetch_one(&mut *snapshot)
        .await?;
    if head < goal || head < clamped(newest.0) {
        return Ok(None);
    }
    let Some(number) = number else {
        return Ok(Some(Selection::new(ask).found()));
    };
    let plan = Plan::of(ask);
    let mut index = SqliteIndex {
        expression: plan.expression(&Terms::of_scope(number), &DIALECT),
        snapshot: &mut snapshot,
        log,
    };
    answered(ask, &plan, &mut index).await.map(Some)
}

struct SqliteIndex<'a> {
    expression: String,
    snapshot: &'a mut SqliteConnection,
    log: &'a SqlitePool,
}

#[async_trait]
impl Index for SqliteIndex<'_> {
    async fn candidates(
        &mut self,
        order: &Sort,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        let (than, direction) = if order.is_descending {
            ("<", "DESC")
        } else {
            (">", "ASC")
        };
        // ?3 is whether there is no place to begin behind; by place in the log there always is one.
        // `key` is as much of time of creation, name and id as makes a place in this order: there are up to 501 of them.
        let (behind, columns, key) = match order.by {
            By::Created => (
                format!("(?3 OR (e.created, e.id) {than} (?4, ?5))"),
                "e.created, e.id",
                "e.created, '' AS name, e.id",
            ),
            By::Name => (
                format!("(?3 OR (e.name, e.id) {than} (?4, ?5))"),
                "e.name, e.id",
                "0 AS created, e.name, e.id",
            ),
            By::Updated | By::Field(_) => (
                format!("words.rowid {than} ?4"),
                "words.rowid",
                "0 AS created, '' AS name, '' AS id",
            ),
        };
        let ordered = columns.replace(',', &format!(" {direction},"));
        // One row for all of them: each row is handed over from SQLite's thread to ours.
        let sql = format!(
            "SELECT json_group_array(json_array(revision, ends, json(wide), created, name, id)) FROM (
                 SELECT e.revision, e.ends, iif(e.wide, 'true', 'false') AS wide, {key}
                 FROM words CROSS JOIN entries e ON e.revision = words.rowid
                 WHERE words MATCH ?1 AND {behind} ORDER BY {ordered} {direction} LIMIT ?2)"
        );
        let query = sqlx::query_scalar(&sql)
            .bind(&self.expression)
            .bind(count(limit));
        let query = query.bind(after.is_none());
        let end = if order.is_descending { i64::MAX } else { 0 };
        let query = match after {
            Some(Key::Time(at, id)) => query.bind(*at).bind(id),
            Some(Key::Name(name, id)) => query.bind(name).bind(id),
            Some(Key::Place(place)) => query.bind(clamped(place.0)).bind(""),
            _ => query.bind(end).bind(""),
        };
        let rows: String = query.fetch_one(&mut *self.snapshot).await?;
        let rows: Vec<Row> = serde_json::from_str(&rows)?;
        rows.into_iter()
            .map(|row| Candidate::of(order, row))
            .collect()
    }

    async fn states(&mut self, places: &[Revision]) -> Result<Vec<(Revision, Arc<State>)>, Fault> {
        let lines: Option<String> = sqlx::query_scalar(STATES)
            .bind(json!(places).to_string())
            .fetch_one(self.log)
            .await?;
        let lines = lines.unwrap_or_default();
        let states = lines.lines().map(|line| {
            let (revision, state) = line.split_once(' ').ok_or("a state without its place")?;
            Ok((Revision(revision.parse()?), row::state(state)?))
        });
        states.collect()
    }
}
