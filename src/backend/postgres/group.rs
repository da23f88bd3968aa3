//! One group as it travels: one array for each column, one call of `holdfast_write`, one answer.
//!
//! Arrays rather than JSON, because a state's text then goes to the server as it is, without
//! being quoted and parsed on its way.

use std::{collections::HashMap, sync::Arc};

use sqlx::{FromRow, PgConnection};

use super::{Fault, Outcome, Write, clamped, row, writer::Request};
use crate::{Bound, Revision, State, Status, backend::address::Address};

const WRITE: &str = "
    SELECT first_revision, refused, reason, culprit_of, size_of, found_at, found_state
    FROM holdfast_write($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                        $18, $19, $20)";

/// What of a write is encoded in its caller's task, because the writer is the narrow place.
#[derive(Debug)]
pub(super) struct Row {
    scope: String,
    pub(super) state: String,
}

impl Row {
    pub(super) fn of(write: &Write) -> Result<Self, Fault> {
        Ok(Self {
            scope: write.after.scope.to_string(),
            state: serde_json::to_string(&*write.after)?,
        })
    }
}

/// The parameters of [`WRITE`]; their meaning is told there.
#[derive(Debug, Default)]
pub(super) struct Group<'a> {
    writes: Vec<&'a Write>,
    requests: Vec<i32>,
    places: Vec<i32>,
    books: Vec<i32>,
    scopes: Vec<&'a str>,
    states: Vec<&'a str>,
}

impl<'a> Group<'a> {
    pub(super) fn of(requests: &'a [Request]) -> Self {
        let mut group = Self::default();
        let mut places: HashMap<(&str, &str), i32> = HashMap::new();
        let mut books: HashMap<&str, i32> = HashMap::new();
        let mut here = 0;
        for (number, request) in (0..).zip(requests) {
            for (write, row) in request.writes.iter().zip(&request.rows) {
                // Arrays begin with 1 there.
                here += 1;
                let (scope, id) = (row.scope.as_str(), write.after.id.as_str());
                group.writes.push(write);
                group.requests.push(number);
                group
                    .places
                    .push(*places.entry((scope, id)).or_insert(here));
                group.books.push(*books.entry(scope).or_insert(here));
                group.scopes.push(scope);
                group.states.push(&row.state);
            }
        }
        group
    }

    fn column<T>(&self, of: impl Fn(&'a Write) -> T) -> Vec<T> {
        self.writes.iter().map(|write| of(write)).collect()
    }

    /// Has the database decide and write. Under the same number it does so once, however often
    /// it is asked.
    pub(super) async fn write(
        &self,
        connection: &mut PgConnection,
        writer: i64,
        number: i64,
    ) -> Result<Answer, sqlx::Error> {
        let seen = |write: &Write| write.before.as_ref().map_or(0, |s| clamped(s.version.0));
        sqlx::query_as(WRITE)
            .bind(writer)
            .bind(number)
            .bind(&self.requests)
            .bind(&self.places)
            .bind(&self.books)
            .bind(&self.scopes)
            .bind(self.column(|write| write.after.id.as_str()))
            .bind(self.column(seen))
            .bind(self.column(|write| clamped(write.after.version.0)))
            .bind(self.column(|write| write.after.status != Status::DELETED))
            .bind(self.column(|write| clamped(write.bytes)))
            .bind(self.column(|write| clamped(write.quota.states)))
            .bind(self.column(|write| clamped(write.quota.bytes)))
            .bind(self.column(|write| write.transition.as_str()))
            .bind(self.column(|write| write.actor.name.as_str()))
            .bind(self.column(|write| write.actor.client.as_deref()))
            .bind(self.column(|write| write.after.updated_at.0))
            .bind(self.column(|write| write.after.kind.as_str()))
            .bind(self.column(|write| write.due.map(|due| due.0)))
            .bind(&self.states)
            .fetch_one(connection)
            .await
    }
}

/// The database's answer; what it means is told at `holdfast_write`.
#[derive(Debug, FromRow)]
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
    /// The answer as it concerns each request.
    pub(super) fn outcomes(self, requests: &[Request]) -> Result<Vec<Outcome>, Fault> {
        let writes: Vec<&Write> = requests.iter().flat_map(|r| &r.writes).collect();
        let blamed = |place: i32| {
            let write = usize::try_from(place - 1).ok().and_then(|n| writes.get(n));
            write.ok_or("the answer names a write that was not asked for")
        };
        let mut found: HashMap<Address, Arc<State>> = HashMap::new();
        for (place, text) in self.found_at.iter().zip(&self.found_state) {
            found.insert(Address::of(&blamed(*place)?.after), row::state(text)?);
        }
        let reasons = self.reason.iter().zip(&self.culprit_of).zip(&self.size_of);
        let refused: HashMap<i32, _> = self.refused.iter().copied().zip(reasons).collect();

        let mut revisions = (u64::try_from(self.first_revision)?..).map(Revision);
        let mut outcomes = Vec::with_capacity(requests.len());
        for (number, request) in (0..).zip(requests) {
            let Some(((reason, culprit), size)) = refused.get(&number) else {
                let writes = request.writes.iter().cloned().zip(revisions.by_ref());
                let changes = writes.map(|(write, revision)| write.recorded(revision));
                outcomes.push(Outcome::Applied(changes.collect()));
                continue;
            };
            let write = blamed(**culprit)?;
            let too_much = |what, limit| {
                let size = u64::try_from(**size)?;
                Ok::<_, Fault>(Outcome::OverQuota { what, size, limit })
            };
            outcomes.push(match reason {
                1 => Outcome::Stale(found.get(&Address::of(&write.after)).map(Arc::clone)),
                2 => too_much(Bound::ScopeStates, write.quota.states)?,
                _ => too_much(Bound::ScopeBytes, write.quota.bytes)?,
            });
        }
        Ok(outcomes)
    }
}
