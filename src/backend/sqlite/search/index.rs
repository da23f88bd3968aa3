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
    let terms = Terms::of_scope(number);
    let mut index = SqliteIndex {
        expression: plan.expression(&terms, &DIALECT),
        shorter: plan
            .kind_beside_one()
            .map(|kind| (plan.expression_of_any_kind(&terms, &DIALECT), kind)),
        snapshot: &mut snapshot,
        log,
    };
    answered(ask, &plan, &mut index).await.map(Some)
}

struct SqliteIndex<'a> {
    expression: String,
    /// What is asked first: without the kind, and which it should be. There are so many states of most kinds that going
    /// through them takes longer than finding what else is asked for, and mostly one kind only has that: then it is
    /// the answer. One condition is found in order and in little time, so little is lost where it is not.
    shorter: Option<(String, &'a str)>,
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
        let is_by_place = matches!(order.by, By::Updated | By::Field(_));
        if let Some((expression, kind)) = self.shorter.take().filter(|_| is_by_place) {
            let found = self.matching(&expression, Some(kind), order, after, limit);
            if let Some(candidates) = found.await? {
                self.shorter = Some((expression, kind));
                return Ok(candidates);
            }
        }
        let expression = self.expression.clone();
        let found = self
            .matching(&expression, None, order, after, limit)
            .await?;
        Ok(found.unwrap_or_default())
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

impl SqliteIndex<'_> {
    /// The first matches behind a place; `None` if one of them is not of this kind.
    async fn matching(
        &mut self,
        expression: &str,
        kind: Option<&str>,
        order: &Sort,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Option<Vec<Candidate>>, Fault> {
        let (than, direction) = if order.is_descending {
            ("<", "DESC")
        } else {
            (">", "ASC")
        };
        // ?3 is whether there is no place to begin behind; by place in the log there always is one.
        // `key` is as much of them as makes a place in this order: there are hundreds of candidates, and all of it is JSON.
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
            "SELECT json_group_array(json_array(revision, ends, json(wide), created, name, id)), min(fits)
             FROM (
                 SELECT e.revision, e.ends, iif(e.wide, 'true', 'false') AS wide, {key},
                        ?6 IS NULL OR e.wide OR e.kind = ?6 AS fits
                 FROM words CROSS JOIN entries e ON e.revision = words.rowid
                 WHERE words MATCH ?1 AND {behind} ORDER BY {ordered} {direction} LIMIT ?2)"
        );
        let query = sqlx::query_as(&sql).bind(expression).bind(count(limit));
        let query = query.bind(after.is_none());
        let end = if order.is_descending { i64::MAX } else { 0 };
        let query = match after {
            Some(Key::Time(at, id)) => query.bind(*at).bind(id),
            Some(Key::Name(name, id)) => query.bind(name).bind(id),
            Some(Key::Place(place)) => query.bind(clamped(place.0)).bind(""),
            _ => query.bind(end).bind(""),
        };
        let (rows, fits): (String, Option<bool>) =
            query.bind(kind).fetch_one(&mut *self.snapshot).await?;
        if fits == Some(false) {
            return Ok(None);
        }
        let rows: Vec<Row> = serde_json::from_str(&rows)?;
        let candidates = rows.into_iter().map(|row| Candidate::of(order, row));
        candidates.collect::<Result<_, _>>().map(Some)
    }
}
