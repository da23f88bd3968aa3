//! Reads the index and the states it names, in one snapshot.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use sqlx::{Connection, PgConnection};

use super::{
    super::{clamped, count, row},
    Readers, answered,
    windows::{self, Stretches},
};
use crate::{
    Revision, State,
    backend::{
        Fault,
        index::{Candidate, Dialect, Index, Plan, Row, Terms, answer as answer_of},
    },
    search::{
        Ask, Found, Selection, Sort,
        sort::{By, Key},
    },
};

const DIALECT: Dialect = Dialect {
    quote: '\'',
    prefix: ":*",
    and: " & ",
    or: " | ",
    and_not: " & !",
};

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

const HEAD: &str = "
    SELECT h.revision, h.goal, s.number FROM search_head h LEFT JOIN search_scopes s ON s.scope = $1
    WHERE h.only_row";

const STATES: &str = "SELECT revision, state FROM log WHERE revision = ANY ($1)";

/// The answer as of `newest` or later; `None` when the index is not that far, or has holes.
pub(super) async fn answer(
    readers: &Readers,
    ask: &Ask,
    newest: Revision,
) -> Result<Option<Found>, Fault> {
    let mut connection = answered(readers.acquire()).await?;
    let found = within_snapshot(&mut connection, ask, newest).await;
    if found.is_err() {
        connection.close_on_drop();
    }
    found
}

async fn within_snapshot(
    connection: &mut PgConnection,
    ask: &Ask,
    newest: Revision,
) -> Result<Option<Found>, Fault> {
    let mut snapshot = answered(connection.begin_with(SNAPSHOT)).await?;
    let head = sqlx::query_as(HEAD).bind(ask.scope().to_string());
    let (head, goal, number): (i64, i64, Option<i64>) =
        answered(head.fetch_one(&mut *snapshot)).await?;
    if head < goal || head < clamped(newest.0) {
        return Ok(None);
    }
    let Some(number) = number else {
        return Ok(Some(Selection::new(ask).found()));
    };
    let plan = Plan::of(ask);
    let mut index = PostgresIndex {
        scope: number,
        head,
        plan: &plan,
        snapshot: &mut snapshot,
    };
    let found = answer_of(ask, &plan, &mut index).await?;
    answered(snapshot.commit()).await?;
    Ok(Some(found))
}

struct PostgresIndex<'a> {
    scope: i64,
    plan: &'a Plan<'a>,
    /// The end of the index.
    head: i64,
    snapshot: &'a mut PgConnection,
}

// Materialised, so that the terms are looked up in their index however few rows are wanted.
const HITS: &str = "
    WITH hits AS MATERIALIZED (
        SELECT revision, ends, wide, created, name, id FROM search_entries
        WHERE terms @@ $1::text::tsquery)
    SELECT * FROM hits";

impl PostgresIndex<'_> {
    fn expression(&self, stretch: &Range<i64>) -> String {
        let windows = windows::across(stretch).map(|window| {
            let terms = Terms::of_window(self.scope, window);
            self.plan.expression(&terms, &DIALECT)
        });
        windows.collect::<Vec<_>>().join(DIALECT.or)
    }

    /// By place in the log: one stretch after the other, until there are enough.
    async fn by_place(
        &mut self,
        order: &Sort,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        let revisions = match after {
            Some(Key::Place(place)) if order.is_descending => 1..clamped(place.0),
            Some(Key::Place(place)) => clamped(place.0) + 1..self.head + 1,
            _ => 1..self.head + 1,
        };
        let direction = if order.is_descending { "DESC" } else { "ASC" };
        let sql = format!(
            "{HITS} WHERE revision >= $2 AND revision < $3 ORDER BY revision {direction} LIMIT $4"
        );
        let mut found = Vec::new();
        for stretch in Stretches::growing(revisions, order.is_descending) {
            let query = sqlx::query_as::<_, Row>(&sql)
                .bind(self.expression(&stretch))
                .bind(stretch.start)
                .bind(stretch.end)
                .bind(count(limit - found.len()));
            for row in answered(query.fetch_all(&mut *self.snapshot)).await? {
                found.push(Candidate::of(order, row)?);
            }
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// By a column: the first of every stretch, and of these the first.
    async fn by_column(
        &mut self,
        column: &str,
        order: &Sort,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        let (than, direction) = if order.is_descending {
            ("<", "DESC")
        } else {
            (">", "ASC")
        };
        let sql = format!(
            "{HITS} WHERE $2 OR ({column}, id) {than} ($3, $4)
             ORDER BY {column} {direction}, id {direction} LIMIT $5"
        );
        let mut found = Vec::new();
        for stretch in Stretches::longest(1..self.head + 1) {
            let query = sqlx::query_as::<_, Row>(&sql)
                .bind(self.expression(&stretch))
                .bind(after.is_none());
            let query = match (&order.by, after) {
                (_, Some(Key::Time(at, id))) => query.bind(*at).bind(id),
                (_, Some(Key::Name(name, id))) => query.bind(name).bind(id),
                (By::Created, _) => query.bind(0_i64).bind(""),
                (..) => query.bind("").bind(""),
            };
            let query = query.bind(count(limit));
            for row in answered(query.fetch_all(&mut *self.snapshot)).await? {
                found.push(Candidate::of(order, row)?);
            }
            found.sort_by(|one, other| order.compare(&one.key, &other.key));
            found.truncate(limit);
        }
        Ok(found)
    }
}

#[async_trait]
impl Index for PostgresIndex<'_> {
    async fn candidates(
        &mut self,
        order: &Sort,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Candidate>, Fault> {
        match order.by {
            By::Updated | By::Field(_) => self.by_place(order, after, limit).await,
            By::Created => self.by_column("created", order, after, limit).await,
            By::Name => self.by_column("name", order, after, limit).await,
        }
    }

    async fn states(&mut self, places: &[Revision]) -> Result<Vec<(Revision, Arc<State>)>, Fault> {
        let places: Vec<i64> = places.iter().map(|place| clamped(place.0)).collect();
        let query = sqlx::query_as(STATES).bind(places);
        let rows: Vec<(i64, String)> = answered(query.fetch_all(&mut *self.snapshot)).await?;
        let states = rows
            .into_iter()
            .map(|(revision, text)| Ok((Revision(u64::try_from(revision)?), row::state(&text)?)));
        states.collect()
    }
}
