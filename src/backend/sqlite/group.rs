//! One group as one transaction: read what is stored (`stored`), decide in Rust (`ledger`), then write (`append`) the
//! log, point the states at it, and note what the scopes hold.
//!
//! A state that a group writes several times has a record for each, and is pointed at the last.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::{
    Fault, Outcome, SqliteFault, Write, append::Pen, row, stored::Stored, writer::Request,
};
use crate::{
    Scope, State, StateId,
    backend::{address::Address, ledger::Verdict},
    hash::Map,
};

/// What became of one request.
pub(super) enum Answer {
    /// All of it was written, from this revision on.
    Applied(u64),
    /// Nothing of it was.
    Refused(Outcome),
}

/// Writes what can be written of `requests`; an error means that nothing was.
pub(super) fn commit(
    connection: &mut Connection,
    requests: &[Request],
) -> Result<Vec<Answer>, Fault> {
    committed(connection, requests).map_err(SqliteFault::named)
}

fn committed(connection: &mut Connection, requests: &[Request]) -> Result<Vec<Answer>, Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answers = write(&transaction, requests)?;
    transaction.commit()?;
    Ok(answers)
}

fn write(connection: &Connection, requests: &[Request]) -> Result<Vec<Answer>, Fault> {
    let mut stored = Stored::load(connection, requests)?;
    let verdicts = requests
        .iter()
        .map(|request| stored.ledger.admit(&request.batch));
    let verdicts: Vec<Result<(), Verdict>> = verdicts.collect();
    let first = stored.newest + 1;

    let admitted = requests
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_ok())
        .flat_map(|(request, _)| request.batch.writes.iter().zip(&request.json));
    let mut admitted = (first..).zip(admitted).peekable();
    if admitted.peek().is_some() {
        let mut pen = Pen::of(connection)?;
        let mut newest: Map<(&Scope, &StateId), (u64, &Write)> = Map::default();
        newest.reserve(stored.places.len());
        for (revision, (write, json)) in admitted {
            let at = (&write.after.scope, &write.after.id);
            let previous = match newest.insert(at, (revision, write)) {
                Some((before, _)) => Some(before),
                None => {
                    let place = stored.places.get(&at).and_then(Option::as_ref);
                    place.map(|place| place.revision)
                }
            };
            let scope = scope(&stored, &write.after)?;
            pen.append(revision, previous, scope, write, json)?;
        }
        let mut newest: Vec<(u64, &Write)> = newest.into_values().collect();
        newest.sort_unstable_by_key(|(revision, _)| *revision);
        for (revision, write) in newest {
            stand(&mut pen, &stored, revision, write)?;
        }
        for (scope, name) in &stored.scopes {
            let usage = stored.ledger.usage.get(*scope);
            if let Some(usage) = usage.filter(|usage| Some(**usage) != name.usage) {
                pen.usage(&name.text, *usage)?;
            }
        }
    }
    answers(connection, requests, verdicts, first)
}

fn scope<'a>(stored: &'a Stored<'_>, state: &State) -> Result<&'a str, Fault> {
    let name = stored.scopes.get(&state.scope);
    Ok(&name.ok_or("a scope that was not asked for")?.text)
}

/// Has a state stand at its newest record, and in the index of what is due no later than it is due.
fn stand(
    pen: &mut Pen<'_>,
    stored: &Stored<'_>,
    revision: u64,
    write: &Write,
) -> Result<(), Fault> {
    let at = (&write.after.scope, &write.after.id);
    let Some(place) = stored.places.get(&at).and_then(Option::as_ref) else {
        return Ok(pen.begin(revision, scope(stored, &write.after)?, write)?);
    };
    pen.point(place.number, revision, write)?;
    let due = write.due.map(|due| due.0);
    if is_indexed_too_late(place.indexed, due) {
        pen.due(place.number, due)?;
    }
    Ok(())
}

/// Whether it would be looked at after its time, or for no reason for ever.
fn is_indexed_too_late(indexed: Option<i64>, due: Option<i64>) -> bool {
    match (indexed, due) {
        (Some(indexed), Some(due)) => due < indexed,
        (indexed, due) => indexed != due,
    }
}

fn answers(
    connection: &Connection,
    requests: &[Request],
    verdicts: Vec<Result<(), Verdict>>,
    mut next: u64,
) -> Result<Vec<Answer>, Fault> {
    let is_stale = |verdict: &Result<(), Verdict>| matches!(verdict, Err(Verdict::Stale(_)));
    // What this group wrote: the loser of a race inside the group is told without a look.
    let mut written: Map<(&Scope, &StateId), &Arc<State>> = Map::default();
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
                    None => current(connection, &at)?,
                }))
            }
        });
    }
    Ok(answers)
}

fn current(connection: &Connection, at: &Address) -> Result<Option<Arc<State>>, Fault> {
    let mut get = connection.prepare_cached(row::GET)?;
    let scope = at.scope.to_string();
    let found: Option<String> = get
        .query_row([scope.as_str(), at.id.as_str()], |row| row.get(0))
        .optional()?;
    found.map(|text| row::state(&text)).transpose()
}
