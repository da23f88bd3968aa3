//! One group as it travels: one array for each column, one call of `holdfast_write`, one answer.
//!
//! Arrays rather than JSON, because a state's text then goes to the server as it is, without
//! being quoted and parsed on its way.

use std::{collections::HashMap, sync::Arc};

use sqlx::{FromRow, PgConnection};

use super::{Fault, Outcome, PostgresFault, Write, alone, clamped, row, writer::Request};
use crate::{
    Bound, Revision, State, Status,
    backend::{Guard, origin},
};

const WRITE: &str = "
    SELECT first_revision, refused, reason, culprit_of, size_of, found_at, found_state
    FROM holdfast_write($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                        $18, $19, $20)";

/// What of a write is encoded in its caller's task, because the writer is the narrow place.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) scope: String,
    pub(super) state: Arc<str>,
}

impl Row {
    pub(super) fn of(write: &Write) -> Result<Self, Fault> {
        Ok(Self {
            scope: write.after.scope.to_string(),
            state: write.json()?,
        })
    }
}

/// One row of the call: a guard, or a write with what was encoded of it.
#[derive(Debug, Clone, Copy)]
enum Entry<'a> {
    /// With its scope as text.
    Guard(&'a Guard, &'a str),
    Write(&'a Write, &'a Row),
}

impl<'a> Entry<'a> {
    /// A request's rows: what is only looked at goes before what is written.
    fn all_of(request: &'a Request) -> impl Iterator<Item = Self> {
        let guards = request.batch.guards.iter().zip(&request.guarded);
        let guards = guards.map(|(guard, scope)| Entry::Guard(guard, scope));
        let writes = request.batch.writes.iter().zip(&request.rows);
        guards.chain(writes.map(|(write, row)| Entry::Write(write, row)))
    }

    fn place(self) -> (&'a str, &'a str) {
        match self {
            Self::Guard(guard, scope) => (scope, guard.id.as_str()),
            Self::Write(write, row) => (&row.scope, write.after.id.as_str()),
        }
    }

    fn seen(self) -> i64 {
        let version = match self {
            Self::Guard(guard, _) => guard.version,
            Self::Write(write, _) => write.before.as_ref().map(|state| state.version),
        };
        version.map_or(0, |version| clamped(version.0))
    }
}

/// The parameters of [`WRITE`]; their meaning is told there.
#[derive(Debug, Default)]
pub(super) struct Group<'a> {
    entries: Vec<Entry<'a>>,
    requests: Vec<i32>,
    places: Vec<i32>,
    books: Vec<i32>,
    scopes: Vec<&'a str>,
    ids: Vec<&'a str>,
}

impl<'a> Group<'a> {
    pub(super) fn of(requests: &'a [Request]) -> Self {
        let mut group = Self::default();
        let mut places: HashMap<(&str, &str), i32> = HashMap::new();
        let mut books: HashMap<&str, i32> = HashMap::new();
        let mut here = 0;
        for (number, request) in (0..).zip(requests) {
            for entry in Entry::all_of(request) {
                // Arrays begin with 1 there.
                here += 1;
                let (scope, id) = entry.place();
                group.entries.push(entry);
                group.requests.push(number);
                group
                    .places
                    .push(*places.entry((scope, id)).or_insert(here));
                group.books.push(*books.entry(scope).or_insert(here));
                group.scopes.push(scope);
                group.ids.push(id);
            }
        }
        group
    }

    /// One value of each write; nothing for a guard.
    fn column<T>(&self, of: impl Fn(&'a Write) -> T) -> Vec<Option<T>> {
        let values = self.entries.iter().map(|entry| match entry {
            Entry::Guard(..) => None,
            Entry::Write(write, _) => Some(of(write)),
        });
        values.collect()
    }

    fn states(&self) -> Vec<Option<&'a str>> {
        let states = self.entries.iter().map(|entry| match entry {
            Entry::Guard(..) => None,
            Entry::Write(_, row) => Some(&*row.state),
        });
        states.collect()
    }

    /// Has the database decide and write. Under the same number it does so once, however often
    /// it is asked.
    pub(super) async fn write(
        &self,
        connection: &mut PgConnection,
        writer: i64,
        number: i64,
    ) -> Result<Answer, sqlx::Error> {
        if let [Entry::Write(write, row)] = self.entries.as_slice()
            && let Some(revision) = alone::write(write, row, connection, writer, number).await?
        {
            return Ok(Answer::written(revision));
        }
        let seen: Vec<i64> = self.entries.iter().map(|entry| entry.seen()).collect();
        sqlx::query_as(WRITE)
            .bind(writer)
            .bind(number)
            .bind(&self.requests)
            .bind(&self.places)
            .bind(&self.books)
            .bind(&self.scopes)
            .bind(&self.ids)
            .bind(seen)
            .bind(self.column(|write| clamped(write.after.version.0)))
            .bind(self.column(|write| write.after.status != Status::DELETED))
            .bind(self.column(|write| clamped(write.bytes)))
            .bind(self.column(|write| clamped(write.quota.states)))
            .bind(self.column(|write| clamped(write.quota.bytes)))
            .bind(self.column(|write| write.transition.as_str()))
            .bind(self.column(|write| write.actor.name.as_str()))
            .bind(flat(self.column(|write| origin::of(&write.actor))))
            .bind(self.column(|write| write.after.updated_at.0))
            .bind(self.column(|write| write.after.kind.as_str()))
            .bind(flat(self.column(|write| write.due.map(|due| due.0))))
            .bind(self.states())
            .fetch_one(connection)
            .await
    }
}

fn flat<T>(column: Vec<Option<Option<T>>>) -> Vec<Option<T>> {
    column.into_iter().map(Option::flatten).collect()
}

/// The database's answer; what it means is told at `holdfast_write`.
#[derive(Debug, Default, FromRow)]
pub(super) struct Answer {
    first_revision: i64,
    refused: Vec<i32>,
    reason: Vec<i32>,
    culprit_of: Vec<i32>,
    size_of: Vec<i64>,
    found_at: Vec<i32>,
    found_state: Vec<String>,
}

impl Answer {
    /// To a group of which nothing was refused.
    fn written(first_revision: i64) -> Self {
        Self {
            first_revision,
            ..Self::default()
        }
    }

    /// The answer as it concerns each request. It comes after the commit: what cannot be read of it is one
    /// request's trouble, and what was written is not called failed.
    pub(super) fn outcomes(&self, requests: &[Request]) -> Vec<Result<Outcome, Fault>> {
        let entries: Vec<Entry<'_>> = requests.iter().flat_map(Entry::all_of).collect();
        let reasons = self.reason.iter().zip(&self.culprit_of).zip(&self.size_of);
        let refused: HashMap<i32, _> = self.refused.iter().copied().zip(reasons).collect();

        let first = u64::try_from(self.first_revision);
        let mut revisions = (first.unwrap_or_default()..).map(Revision);
        let outcomes = (0..).zip(requests).map(|(number, request)| {
            if let Some(((reason, culprit), size)) = refused.get(&number) {
                let entry = blamed(&entries, **culprit)?;
                return self.refusal(&entries, entry, **reason, **size);
            }
            if first.is_err() {
                let garbled = sqlx::Error::Protocol("the answer has no revision".into());
                return Err(PostgresFault::InDoubt(Arc::new(garbled)).into());
            }
            let writes = request.batch.writes.iter().cloned().zip(revisions.by_ref());
            let changes = writes.map(|(write, revision)| write.recorded(revision));
            Ok(Outcome::Applied(changes.collect()))
        });
        outcomes.collect()
    }

    /// Why a request was refused: because of this entry of it.
    fn refusal(
        &self,
        entries: &[Entry<'_>],
        entry: Entry<'_>,
        reason: i32,
        size: i64,
    ) -> Result<Outcome, Fault> {
        let too_much = |what, limit| {
            let size = u64::try_from(size)?;
            Ok::<_, Fault>(Outcome::OverQuota { what, size, limit })
        };
        match (entry, reason) {
            (Entry::Write(write, _), 2) => too_much(Bound::ScopeStates, write.quota.states),
            (Entry::Write(write, _), 3..) => too_much(Bound::ScopeBytes, write.quota.bytes),
            _ => Ok(Outcome::Stale(self.found(entries, entry)?)),
        }
    }

    /// What is stored where an entry saw something else.
    fn found(&self, entries: &[Entry<'_>], entry: Entry<'_>) -> Result<Option<Arc<State>>, Fault> {
        for (place, text) in self.found_at.iter().zip(&self.found_state) {
            if blamed(entries, *place)?.place() == entry.place() {
                return row::state(text).map(Some);
            }
        }
        Ok(None)
    }
}

/// The entry that the database names: it counts from 1.
fn blamed<'a>(entries: &[Entry<'a>], place: i32) -> Result<Entry<'a>, Fault> {
    let number = usize::try_from(place).ok().and_then(|n| n.checked_sub(1));
    let entry = number.and_then(|n| entries.get(n)).copied();
    Ok(entry.ok_or("the answer names an entry that was not asked for")?)
}
