//! One group as one transaction, in a number of statements that does not depend on its size.
//!
//! Each statement costs a round trip to SQLite's thread, so what a group asks travels as one JSON array,
//! and its rows many to a statement (`append`): read what is stored, decide in Rust (`ledger`), write the
//! log, point the states at it (and `due` at those whose time came nearer), write the scopes' usage, commit.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use super::{
    Fault, Outcome, SqliteFault,
    append::{Row, append},
    due, row,
    writer::Request,
};
use crate::{
    Revision, Scope, State, StateId, Version,
    backend::{
        address::Address,
        ledger::{Head, Ledger, Usage, Verdict},
    },
};

const LOAD: &str = "
    SELECT (SELECT coalesce(max(revision), 0) FROM log),
           (SELECT json_group_array(json_array(k.key, s.version, s.live, s.bytes, s.revision, s.due))
            FROM json_each(?1) k CROSS JOIN states s
            ON s.scope = k.value ->> 0 AND s.id = k.value ->> 1),
           (SELECT json_group_array(json_array(k.key, u.states, u.bytes))
            FROM json_each(?2) k CROSS JOIN scopes u ON u.scope = k.value)";

// `WHERE true` keeps SQLite from reading ON CONFLICT as the condition of a join.
const POINT: &str = "
    INSERT INTO states (scope, id, kind, version, revision, live, due, bytes)
    SELECT scope, id, kind, version, revision, live, due, bytes FROM log
    WHERE revision >= ?1 ORDER BY revision
    ON CONFLICT (scope, id) DO UPDATE SET
        kind = excluded.kind, version = excluded.version, revision = excluded.revision,
        live = excluded.live, bytes = excluded.bytes";

const USE: &str = "
    INSERT INTO scopes (scope, states, bytes)
    SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2 FROM json_each(?1) e WHERE true
    ON CONFLICT (scope) DO UPDATE SET states = excluded.states, bytes = excluded.bytes";

/// What became of one request.
pub(super) enum Answer {
    /// All of it was written, from this revision on.
    Applied(u64),
    /// Nothing of it was.
    Refused(Outcome),
}

/// Writes what can be written of `requests`; an error means that nothing was.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    requests: &[Request],
) -> Result<Vec<Answer>, Fault> {
    let begun = connection.begin_with("BEGIN IMMEDIATE").await;
    let mut transaction = begun.map_err(SqliteFault::from)?;
    let answers = write(&mut transaction, requests).await?;
    transaction.commit().await.map_err(SqliteFault::from)?;
    Ok(answers)
}

async fn write(
    connection: &mut SqliteConnection,
    requests: &[Request],
) -> Result<Vec<Answer>, Fault> {
    let (newest, mut ledger, mut tails) = load(connection, requests).await?;
    let verdicts = requests.iter().map(|request| ledger.admit(&request.batch));
    let verdicts: Vec<Result<(), Verdict>> = verdicts.collect();
    let first = newest.0 + 1;

    let admitted = requests
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_ok())
        .flat_map(|(request, _)| request.batch.writes.iter().zip(&request.json));
    let mut rows = Vec::new();
    for (revision, (write, json)) in (first..).zip(admitted) {
        let due = write.due.map(|due| due.0);
        let new = Tail {
            revision,
            indexed: due,
            due,
        };
        let previous = match tails.entry((&write.after.scope, &write.after.id)) {
            Entry::Vacant(place) => {
                place.insert(new);
                None
            }
            Entry::Occupied(mut known) => {
                let indexed = known.get().indexed;
                Some(known.insert(Tail { indexed, ..new }).revision)
            }
        };
        rows.push(Row::of(revision, previous, write, json)?);
    }
    if !rows.is_empty() {
        let first = i64::try_from(first)?;
        append(rows, connection).await?;
        sqlx::query(POINT)
            .bind(first)
            .execute(&mut *connection)
            .await
            .map_err(SqliteFault::from)?;
        let moved = tails.values().filter(|tail| tail.is_indexed_too_late());
        let moved: Vec<u64> = moved.map(|tail| tail.revision).collect();
        if !moved.is_empty() {
            due::index(&mut *connection, &moved).await?;
        }
        let usage = ledger.usage.iter();
        let usage =
            usage.map(|(scope, usage)| json!([scope.to_string(), usage.states, usage.bytes]));
        let usage = serde_json::Value::from_iter(usage).to_string();
        sqlx::query(USE)
            .bind(usage)
            .execute(&mut *connection)
            .await
            .map_err(SqliteFault::from)?;
    }
    answers(connection, requests, verdicts, first).await
}

/// Where a state stands in the log, and in the index of what is due.
struct Tail {
    /// Its newest record.
    revision: u64,
    indexed: Option<i64>,
    due: Option<i64>,
}

impl Tail {
    /// Whether it would be looked at after its time, or for no reason for ever.
    fn is_indexed_too_late(&self) -> bool {
        match (self.indexed, self.due) {
            (Some(indexed), Some(due)) => due < indexed,
            (indexed, due) => indexed != due,
        }
    }
}

type Tails<'a> = HashMap<(&'a Scope, &'a StateId), Tail>;

/// The newest revision, the ledger of all that `requests` touch, and where in the log it stands.
async fn load<'a>(
    connection: &mut SqliteConnection,
    requests: &'a [Request],
) -> Result<(Revision, Ledger, Tails<'a>), Fault> {
    let mut known: HashSet<(&Scope, &StateId)> = HashSet::new();
    let mut places: Vec<(&Scope, &StateId)> = Vec::new();
    let mut books: HashSet<&Scope> = HashSet::new();
    let mut scopes: Vec<&Scope> = Vec::new();
    let batches = || requests.iter().map(|request| &request.batch);
    let written = batches().flat_map(|batch| &batch.writes);
    for state in written.map(|write| &*write.after) {
        if known.insert((&state.scope, &state.id)) {
            places.push((&state.scope, &state.id));
        }
        if books.insert(&state.scope) {
            scopes.push(&state.scope);
        }
    }
    for guard in batches().flat_map(|batch| &batch.guards) {
        if known.insert((&guard.scope, &guard.id)) {
            places.push((&guard.scope, &guard.id));
        }
    }
    let pairs: Vec<_> = places
        .iter()
        .map(|(scope, id)| (scope.to_string(), id))
        .collect();
    let names: Vec<_> = scopes.iter().map(|scope| scope.to_string()).collect();
    let (newest, heads, usage): (i64, String, String) = sqlx::query_as(LOAD)
        .bind(serde_json::to_string(&pairs)?)
        .bind(serde_json::to_string(&names)?)
        .fetch_one(connection)
        .await
        .map_err(SqliteFault::from)?;

    let mut ledger = Ledger::default();
    let mut tails = HashMap::new();
    for (place, version, live, bytes, revision, due) in
        serde_json::from_str::<Vec<(usize, u64, u8, u64, u64, Option<i64>)>>(&heads)?
    {
        let (scope, id) = *places.get(place).ok_or("a head that was not asked for")?;
        let head = Head {
            version: Version(version),
            is_live: live != 0,
            bytes,
        };
        ledger.heads.insert(Address::at(scope, id), head);
        let tail = Tail {
            revision,
            indexed: due,
            due,
        };
        tails.insert((scope, id), tail);
    }
    for (place, states, bytes) in serde_json::from_str::<Vec<(usize, u64, u64)>>(&usage)? {
        let scope = *scopes.get(place).ok_or("a scope that was not asked for")?;
        ledger.usage.insert(scope.clone(), Usage { states, bytes });
    }
    Ok((Revision(u64::try_from(newest)?), ledger, tails))
}

async fn answers(
    connection: &mut SqliteConnection,
    requests: &[Request],
    verdicts: Vec<Result<(), Verdict>>,
    mut next: u64,
) -> Result<Vec<Answer>, Fault> {
    let is_stale = |verdict: &Result<(), Verdict>| matches!(verdict, Err(Verdict::Stale(_)));
    // What this group wrote: the loser of a race inside the group is told without a look.
    let mut written: HashMap<(&Scope, &StateId), &Arc<State>> = HashMap::new();
    if verdicts.iter().any(is_stale) {
        let admitted = requests.iter().zip(&verdicts);
        let admitted = admitted.filter(|(_, verdict)| verdict.is_ok());
        let writes = admitted.flat_map(|(request, _)| &request.batch.writes);
        let states = writes.map(|write| &write.after);
        written.extend(states.map(|state| ((&state.scope, &state.id), state)));
    }
    let mut answers = Vec::with_capacity(requests.len());
    for (request, verdict) in requests.iter().zip(verdicts) {
        answers.push(match verdict {
            Ok(()) => {
                let first = next;
                next += request.batch.writes.len() as u64;
                Answer::Applied(first)
            }
            Err(Verdict::OverQuota { what, size, limit }) => {
                Answer::Refused(Outcome::OverQuota { what, size, limit })
            }
            Err(Verdict::Stale(at)) => {
                Answer::Refused(Outcome::Stale(match written.get(&(&at.scope, &at.id)) {
                    Some(state) => Some(Arc::clone(state)),
                    None => current(connection, &at).await?,
                }))
            }
        });
    }
    Ok(answers)
}

async fn current(
    connection: &mut SqliteConnection,
    at: &Address,
) -> Result<Option<Arc<State>>, Fault> {
    let found: Option<String> = sqlx::query_scalar(row::GET)
        .bind(at.scope.to_string())
        .bind(at.id.as_str())
        .fetch_optional(connection)
        .await
        .map_err(SqliteFault::from)?;
    found.map(|text| row::state(&text)).transpose()
}
