//! One group as one transaction, in a number of statements that does not depend on its size.
//!
//! Each statement costs a round trip to SQLite's thread, so a group travels as one JSON array:
//! read what is stored, decide in Rust (`ledger`), write the log, point the states at it, write
//! the scopes' usage, commit.

use std::{collections::HashMap, sync::Arc};

use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use super::{Fault, Outcome, Write, row, writer::Request};
use crate::{
    Revision, Scope, State, Status, Version,
    backend::{
        address::{Address, Addressed},
        ledger::{Head, Ledger, Usage, Verdict},
    },
};

const LOAD: &str = "
    SELECT (SELECT coalesce(max(revision), 0) FROM log),
           (SELECT json_group_array(json_array(k.key, s.version, s.live, s.bytes, s.revision))
            FROM json_each(?1) k CROSS JOIN states s
            ON s.scope = k.value ->> 0 AND s.id = k.value ->> 1),
           (SELECT json_group_array(json_array(k.key, u.states, u.bytes))
            FROM json_each(?2) k CROSS JOIN scopes u ON u.scope = k.value)";

const APPEND: &str = "
    INSERT INTO log (revision, previous, scope, id, version, transition, actor, client, at, kind,
                     live, due, bytes, state)
    SELECT ?2 + e.key, e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, e.value ->> 4,
           e.value ->> 5, e.value ->> 6, e.value ->> 7, e.value ->> 8, e.value ->> 9,
           e.value ->> 10, e.value ->> 11, e.value -> 12
    FROM json_each(?1) e";

// `WHERE true` keeps SQLite from reading ON CONFLICT as the condition of a join.
const POINT: &str = "
    INSERT INTO states (scope, id, kind, version, revision, live, due, bytes)
    SELECT scope, id, kind, version, revision, live, due, bytes FROM log
    WHERE revision >= ?1 ORDER BY revision
    ON CONFLICT (scope, id) DO UPDATE SET
        kind = excluded.kind, version = excluded.version, revision = excluded.revision,
        live = excluded.live, due = excluded.due, bytes = excluded.bytes";

const USE: &str = "
    INSERT INTO scopes (scope, states, bytes)
    SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2 FROM json_each(?1) e WHERE true
    ON CONFLICT (scope) DO UPDATE SET states = excluded.states, bytes = excluded.bytes";

/// The row of the log that a write becomes, but for its revision and the one before: what follows
/// `[<previous>,` in JSON.
pub(super) fn encoded(write: &Write) -> Result<String, Fault> {
    let state = &write.after;
    let row = serde_json::to_string(&(
        state.scope.to_string(),
        &state.id,
        state.version,
        &write.transition,
        &write.actor.name,
        &write.actor.client,
        state.updated_at,
        &state.kind,
        state.status != Status::DELETED,
        write.due,
        write.bytes,
        &**state,
    ))?;
    Ok(row
        .strip_prefix('[')
        .map_or_else(String::new, str::to_owned))
}

/// Writes what can be written of `requests`; an error means that nothing was.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    requests: &[Request],
) -> Result<Vec<Outcome>, Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let outcomes = write(&mut transaction, requests).await?;
    transaction.commit().await?;
    Ok(outcomes)
}

async fn write(
    connection: &mut SqliteConnection,
    requests: &[Request],
) -> Result<Vec<Outcome>, Fault> {
    let (newest, mut ledger, mut tails) = load(connection, requests).await?;
    let verdicts = requests.iter().map(|request| ledger.admit(&request.writes));
    let verdicts: Vec<Result<(), Verdict>> = verdicts.collect();
    let first = newest.0 + 1;

    let admitted = requests
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_ok())
        .flat_map(|(request, _)| request.writes.iter().zip(&request.rows));
    let mut rows = String::new();
    for (revision, (write, row)) in (first..).zip(admitted) {
        let previous = tails.insert(Address::of(&write.after), revision);
        let previous = previous.map_or_else(|| "null".into(), |revision| revision.to_string());
        let separator = if rows.is_empty() { "[[" } else { ",[" };
        rows.extend([separator, &previous, ",", row]);
    }
    if !rows.is_empty() {
        rows.push(']');
        let first = i64::try_from(first)?;
        sqlx::query(APPEND)
            .bind(rows)
            .bind(first)
            .execute(&mut *connection)
            .await?;
        sqlx::query(POINT)
            .bind(first)
            .execute(&mut *connection)
            .await?;
        let usage = ledger.usage.iter();
        let usage =
            usage.map(|(scope, usage)| json!([scope.to_string(), usage.states, usage.bytes]));
        let usage = serde_json::Value::from_iter(usage).to_string();
        sqlx::query(USE)
            .bind(usage)
            .execute(&mut *connection)
            .await?;
    }
    outcomes(connection, requests, verdicts, first).await
}

/// The newest revision, the ledger of all that `requests` touch, and where in the log it stands.
async fn load(
    connection: &mut SqliteConnection,
    requests: &[Request],
) -> Result<(Revision, Ledger, HashMap<Address, u64>), Fault> {
    let mut keys: HashMap<(&Scope, &str), ()> = HashMap::new();
    let mut places: Vec<&State> = Vec::new();
    let mut scopes: Vec<&Scope> = Vec::new();
    for write in requests.iter().flat_map(|request| &request.writes) {
        let state = &*write.after;
        if keys.insert((&state.scope, state.id.as_str()), ()).is_none() {
            places.push(state);
        }
    }
    for state in &places {
        if keys.insert((&state.scope, ""), ()).is_none() {
            scopes.push(&state.scope);
        }
    }
    let pairs: Vec<_> = places
        .iter()
        .map(|state| (state.scope.to_string(), &state.id))
        .collect();
    let names: Vec<_> = scopes.iter().map(|scope| scope.to_string()).collect();
    let (newest, heads, usage): (i64, String, String) = sqlx::query_as(LOAD)
        .bind(serde_json::to_string(&pairs)?)
        .bind(serde_json::to_string(&names)?)
        .fetch_one(connection)
        .await?;

    let mut ledger = Ledger::default();
    let mut tails = HashMap::new();
    for (place, version, live, bytes, revision) in
        serde_json::from_str::<Vec<(usize, u64, u8, u64, u64)>>(&heads)?
    {
        let state = places.get(place).ok_or("a head that was not asked for")?;
        let head = Head {
            version: Version(version),
            is_live: live != 0,
            bytes,
        };
        ledger.heads.insert(Address::of(state), head);
        tails.insert(Address::of(state), revision);
    }
    for (place, states, bytes) in serde_json::from_str::<Vec<(usize, u64, u64)>>(&usage)? {
        let scope = *scopes.get(place).ok_or("a scope that was not asked for")?;
        ledger.usage.insert(scope.clone(), Usage { states, bytes });
    }
    Ok((Revision(u64::try_from(newest)?), ledger, tails))
}

async fn outcomes(
    connection: &mut SqliteConnection,
    requests: &[Request],
    verdicts: Vec<Result<(), Verdict>>,
    first: u64,
) -> Result<Vec<Outcome>, Fault> {
    // What this group wrote: the loser of a race inside the group is told without a look.
    let mut written: HashMap<Address, Arc<State>> = HashMap::new();
    for (request, _) in requests
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_ok())
    {
        for write in &request.writes {
            written.insert(Address::of(&write.after), Arc::clone(&write.after));
        }
    }
    let mut revisions = (first..).map(Revision);
    let mut outcomes = Vec::with_capacity(requests.len());
    for (request, verdict) in requests.iter().zip(verdicts) {
        outcomes.push(match verdict {
            Ok(()) => {
                let writes = request.writes.iter().cloned().zip(revisions.by_ref());
                Outcome::Applied(writes.map(|(write, place)| write.recorded(place)).collect())
            }
            Err(Verdict::OverQuota { what, size, limit }) => {
                Outcome::OverQuota { what, size, limit }
            }
            Err(Verdict::Stale(at)) => {
                let known = written.get(&at as &dyn Addressed).map(Arc::clone);
                Outcome::Stale(match known {
                    Some(state) => Some(state),
                    None => current(connection, &at).await?,
                })
            }
        });
    }
    Ok(outcomes)
}

async fn current(
    connection: &mut SqliteConnection,
    at: &Address,
) -> Result<Option<Arc<State>>, Fault> {
    let found: Option<String> = sqlx::query_scalar(row::GET)
        .bind(at.scope.to_string())
        .bind(at.id.as_str())
        .fetch_optional(connection)
        .await?;
    found.map(|text| row::state(&text)).transpose()
}
