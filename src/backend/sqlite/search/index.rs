//! Reads the index as it is at one moment, and the states it names.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter, types::Value};
use tokio::runtime::Handle;

use super::{
    super::{clamped, count, row},
    counts::Counts,
    readers::Reader,
};
use crate::{
    Revision, State, Timestamp,
    backend::{
        Fault,
        index::{Candidate, Dialect, Index, Plan, Terms, answer as answered},
    },
    search::{
        Ask, Found, Selection, Sort, Total,
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

const PLACE: &str = "SELECT revision FROM head";

const STATE: &str = "SELECT state FROM log WHERE revision = ?1";

/// What an answer must have in it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Since {
    /// Everything up to here.
    Then(Revision),
    /// Everything that there is. Only what is before `ahead` was in the index when it was last held against its database.
    Now { ahead: Revision },
}

/// What came of a look at an index.
pub(super) enum Looked {
    Found(Found),
    /// It is not as far as the log was, which was here, or has holes.
    Behind(Revision),
}

/// The answer, if the index is that far. It blocks.
pub(super) fn answer(
    reader: &mut Reader,
    counts: &Counts,
    ask: &Ask,
    since: Since,
) -> Result<Looked, Fault> {
    let Reader { index, log } = reader;
    // Before the index is looked at: it may only be further.
    let newest = match since {
        Since::Then(newest) => newest,
        Since::Now { ahead } => {
            let newest = end_of(log)?;
            if newest >= ahead {
                return Ok(Looked::Behind(newest));
            }
            newest
        }
    };
    let looked = in_snapshot(index, |index| look(index, log, counts, ask, newest))?;
    Ok(looked.map_or(Looked::Behind(newest), Looked::Found))
}

/// Changes that are in the log and not in the index. It blocks.
pub(super) fn behind(reader: &mut Reader) -> Result<u64, Fault> {
    let mut place = reader.index.prepare_cached(PLACE)?;
    let head: i64 = place.query_row([], |row| row.get(0))?;
    let newest = end_of(&reader.log)?;
    Ok(newest.0.saturating_sub(u64::try_from(head)?))
}

fn end_of(log: &Connection) -> Result<Revision, Fault> {
    let mut revision = log.prepare_cached(row::REVISION)?;
    let newest: i64 = revision.query_row([], |row| row.get(0))?;
    Ok(Revision(u64::try_from(newest)?))
}

fn look(
    snapshot: &mut Connection,
    log: &mut Connection,
    counts: &Counts,
    ask: &Ask,
    newest: Revision,
) -> Result<Option<Found>, Fault> {
    let scope = ask.scope().to_string();
    let (head, goal, number): (i64, i64, Option<i64>) = snapshot
        .prepare_cached(HEAD)?
        .query_row([&scope], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if head < goal || head < clamped(newest.0) {
        return Ok(None);
    }
    let Some(number) = number else {
        return Ok(Some(Selection::new(ask).found()));
    };
    let plan = Plan::of(ask);
    let terms = Terms::of_scope(number);
    let expression = plan.expression(&terms, &DIALECT);
    let mut index = SqliteIndex {
        question: format!("{scope} {expression}"),
        expression,
        shorter: plan
            .kind_beside_one()
            .map(|kind| (plan.expression_of_any_kind(&terms, &DIALECT), kind)),
        head,
        counts,
        snapshot,
        log,
    };
    // Nothing in it waits for anybody: this is a thread that may block.
    let answer = answered(ask, &plan, &mut index);
    Handle::current().block_on(answer).map(Some)
}

struct SqliteIndex<'a> {
    /// Under which its total is known.
    question: String,
    expression: String,
    /// What is asked first: without the kind, and which it should be. There are so many states of most kinds that going
    /// through them takes longer than finding what else is asked for, and mostly one kind only has that: then it is
    /// the answer. One condition is found in order and in little time, so little is lost where it is not.
    shorter: Option<(String, &'a str)>,
    head: i64,
    counts: &'a Counts,
    snapshot: &'a mut Connection,
    log: &'a mut Connection,
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
            let found = self.matching(&expression, Some(kind), order, after, limit)?;
            if let Some(candidates) = found {
                self.shorter = Some((expression, kind));
                return Ok(candidates);
            }
        }
        let found = self.matching(&self.expression, None, order, after, limit)?;
        Ok(found.unwrap_or_default())
    }

    async fn states(&mut self, places: &[Revision]) -> Result<Vec<(Revision, Arc<State>)>, Fault> {
        in_snapshot(self.log, |log| {
            let mut statement = log.prepare_cached(STATE)?;
            let mut states = Vec::with_capacity(places.len());
            for place in places {
                let read = |row: &Row<'_>| Ok(row::state(row.get_ref(0)?.as_str()?));
                let state = statement.query_row([clamped(place.0)], read).optional()?;
                if let Some(state) = state {
                    states.push((*place, state?));
                }
            }
            Ok(states)
        })
    }

    fn total(&self, now: Timestamp) -> Option<Total> {
        self.counts.find(self.head, &self.question, now)
    }

    fn counted(&mut self, total: Total, until: Option<Timestamp>) {
        self.counts.keep(self.head, &self.question, total, until);
    }
}

impl SqliteIndex<'_> {
    /// The first matches behind a place; `None` if one of them is not of this kind.
    fn matching(
        &self,
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
        // Only what makes a place in this order is read: there are hundreds of candidates.
        let (place, columns, key) = match order.by {
            By::Created => (
                "(e.created, e.id)",
                "e.created, e.id",
                "e.created, '' AS name, e.id",
            ),
            By::Name => (
                "(e.name, e.id)",
                "e.name, e.id",
                "0 AS created, e.name, e.id",
            ),
            By::Updated | By::Field(_) => (
                "words.rowid",
                "words.rowid",
                "0 AS created, '' AS name, '' AS id",
            ),
        };
        let mut values = vec![Value::from(expression.to_owned()), count(limit).into()];
        let behind = match after {
            None => String::new(),
            Some(Key::Place(place)) => {
                values.push(clamped(place.0).into());
                format!("AND words.rowid {than} ?3")
            }
            Some(key) => {
                values.extend(parts(key));
                format!("AND {place} {than} (?3, ?4)")
            }
        };
        let ordered = columns.replace(',', &format!(" {direction},"));
        let sql = format!(
            "SELECT e.revision, e.ends, e.wide, {key}, e.kind
             FROM words CROSS JOIN entries e ON e.revision = words.rowid
             WHERE words MATCH ?1 {behind} ORDER BY {ordered} {direction} LIMIT ?2"
        );
        let mut statement = self.snapshot.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut candidates = Vec::with_capacity(limit);
        while let Some(row) = rows.next()? {
            let is_wide: bool = row.get(2)?;
            if let Some(kind) = kind
                && !is_wide
                && row.get_ref(6)?.as_str()? != kind
            {
                return Ok(None);
            }
            let (created, name, id) = (row.get(3)?, row.get(4)?, row.get(5)?);
            let row = (row.get(0)?, row.get(1)?, is_wide, created, name, id);
            candidates.push(Candidate::of(order, row)?);
        }
        Ok(Some(candidates))
    }
}

/// What a place by time of creation or name is made of.
fn parts(key: &Key) -> [Value; 2] {
    match key {
        Key::Time(at, id) => [(*at).into(), id.clone().into()],
        Key::Name(name, id) => [name.clone().into(), id.clone().into()],
        // Of orders that the index does not have.
        Key::Place(_) | Key::Field(..) | Key::Without(_) => [Value::Null, Value::Null],
    }
}

/// Does something with a file as it is at one moment. After a failure the connection is of no use any more.
fn in_snapshot<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let done = work(connection)?;
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(done)
}
