//! What must be true of every record.
//!
//! A state is a register whose values are numbered by its version, so linearizability needs no search:
//! every call has its place, the version that it read or wrote. There is an order of all calls that
//! explains what they were told, and in which no call comes before one that had returned earlier, if
//! and only if no two of them contradict each other. (Only "there is nothing" may have several places,
//! before the birth and behind each deletion; the earliest that is possible is the one that
//! contradicts the least.)

use std::collections::{HashMap, HashSet};

use holdfast::{Change, StateId, Status};

use crate::{
    clients::{ACCOUNTS, EACH, amount},
    history::{Event, History, Learned},
};

/// What is wrong, if anything is.
pub fn check(history: &History) -> Result<(), String> {
    log_is_whole(&history.log)?;
    watchers_saw_the_log(history)?;
    acknowledged_is_kept(history)?;
    transactions_are_whole(history)?;
    writes_are_in_the_order_of_time(history)?;
    let mut ids: Vec<&StateId> = history
        .record
        .events
        .iter()
        .map(|event| &event.id)
        .collect();
    ids.sort();
    ids.dedup();
    ids.into_iter()
        .try_for_each(|id| is_linearizable(history, id))
}

fn ensure(is_right: bool, wrong: impl FnOnce() -> String) -> Result<(), String> {
    if is_right { Ok(()) } else { Err(wrong()) }
}

fn log_is_whole(log: &[Change]) -> Result<(), String> {
    let mut last: HashMap<&StateId, &Change> = HashMap::new();
    for (change, revision) in log.iter().zip(1..) {
        let found = change.revision.0;
        ensure(found == revision, || {
            format!("a gap in the log: {found} where {revision} should be")
        })?;
        let before = last
            .insert(&change.after.id, change)
            .map(|change| &change.after);
        ensure(change.before.as_ref() == before, || {
            format!("change {found} was not made on top of the one before it")
        })?;
        let version = before.map_or(0, |state| state.version.0) + 1;
        ensure(change.after.version.0 == version, || {
            format!("change {found} skips a version")
        })?;
    }
    Ok(())
}

fn watchers_saw_the_log(history: &History) -> Result<(), String> {
    history.record.watched.iter().try_for_each(|watched| {
        let log = &history.log[watched.after as usize..];
        ensure(watched.changes == log, || {
            let seen = watched
                .changes
                .iter()
                .zip(log)
                .take_while(|(one, other)| one == other);
            format!(
                "a watcher from {} on saw {} of {} changes as they are in the log",
                watched.after,
                seen.count(),
                log.len()
            )
        })
    })
}

/// What somebody was told of a state is what the log has of it, and nothing that was acknowledged is
/// missing.
fn acknowledged_is_kept(history: &History) -> Result<(), String> {
    let kept = history.log.iter().map(|change| &change.after);
    let kept: HashMap<_, _> = kept
        .map(|state| ((&state.id, state.version), state))
        .collect();
    for event in &history.record.events {
        let (state, told) = match &event.learned {
            Learned::Read(Some(state)) => (state, "read"),
            Learned::Stored(Some(state)) => (state, "found in the way"),
            Learned::Wrote(state, _) => (state, "acknowledged"),
            Learned::Read(None) | Learned::Stored(None) => continue,
        };
        ensure(
            kept.get(&(&state.id, state.version)) == Some(&state),
            || {
                format!(
                    "{} of {} was {told}, but is not in the log so",
                    state.version, state.id
                )
            },
        )?;
        if let Learned::Wrote(state, Some(on)) = &event.learned {
            ensure(state.version.0 == on + 1, || {
                format!(
                    "{} of {} was not written on top of v{on}",
                    state.version, state.id
                )
            })?;
        }
    }
    Ok(())
}

/// Where in the log each token's changes are.
fn places(log: &[Change]) -> HashMap<&str, Vec<u64>> {
    let mut places: HashMap<&str, Vec<u64>> = HashMap::new();
    for change in log {
        let token = change.actor.client.as_deref().unwrap_or_default();
        places.entry(token).or_default().push(change.revision.0);
    }
    places
}

fn transactions_are_whole(history: &History) -> Result<(), String> {
    let places = places(&history.log);
    for done in &history.record.done {
        let found = places
            .get(done.token.as_str())
            .map_or(&[][..], Vec::as_slice);
        ensure(found.len() == done.states, || {
            format!(
                "{} was acknowledged for {} states, the log has {found:?}",
                done.token, done.states
            )
        })?;
    }
    let known = history.record.done.iter().map(|done| done.token.as_str());
    let known: HashSet<&str> = known.chain(["begin", "end"]).collect();
    for (token, found) in &places {
        let is_known = known.contains(token) || history.record.in_doubt.contains(*token);
        ensure(is_known, || {
            format!("{token} was refused, but is in the log")
        })?;
        let (first, last) = (found[0], found[found.len() - 1]);
        let is_together = *token == "begin" || last - first + 1 == found.len() as u64;
        ensure(is_together, || {
            format!("the changes of {token} are not together: {found:?}")
        })?;
    }
    let mut balances: HashMap<&str, i64> = ACCOUNTS.map(|account| (account, EACH)).into();
    for (n, change) in history.log.iter().enumerate() {
        if let Some(balance) = balances.get_mut(change.after.id.as_str()) {
            *balance = amount(&change.after);
        }
        let next = history.log.get(n + 1);
        if next.is_none_or(|next| next.actor != change.actor) {
            let sum: i64 = balances.values().sum();
            ensure(sum == EACH * ACCOUNTS.len() as i64, || {
                format!("the sum of the accounts is {sum} after change {}", n + 1)
            })?;
        }
    }
    Ok(())
}

fn writes_are_in_the_order_of_time(history: &History) -> Result<(), String> {
    let places = places(&history.log);
    for one in &history.record.done {
        for other in &history.record.done {
            let (Some(early), Some(late)) = (
                places
                    .get(one.token.as_str())
                    .and_then(|found| found.last()),
                places
                    .get(other.token.as_str())
                    .and_then(|found| found.first()),
            ) else {
                continue;
            };
            ensure(one.span.answered > other.span.asked || early < late, || {
                format!(
                    "{} was done before {} began, but stands behind it",
                    one.token, other.token
                )
            })?;
        }
    }
    Ok(())
}

fn is_linearizable(history: &History, id: &StateId) -> Result<(), String> {
    let changes = history.log.iter().filter(|change| change.after.id == *id);
    let deleted = changes.filter(|change| change.after.status == Status::DELETED);
    // Versions at which there is nothing, in order.
    let mut nothing: Vec<u64> = deleted.map(|change| change.after.version.0).collect();
    nothing.insert(0, 0);
    let mut events: Vec<&Event> = history
        .record
        .events
        .iter()
        .filter(|event| event.id == *id)
        .collect();
    events.sort_by_key(|event| event.span.asked);
    let mut placed: Vec<(&Event, u64)> = Vec::new();
    for event in events {
        let is_read = matches!(event.learned, Learned::Read(_));
        // A cache may be behind what happened on other servers, and only there.
        let binds = |other: &Event| !(history.is_cached && is_read) || other.server == event.server;
        let before = placed
            .iter()
            .filter(|(other, _)| other.span.answered < event.span.asked && binds(other));
        let least = before.map(|(_, place)| *place).max().unwrap_or(0);
        let is_write = matches!(event.learned, Learned::Wrote(..));
        let place = match &event.learned {
            Learned::Read(Some(state))
            | Learned::Stored(Some(state))
            | Learned::Wrote(state, _) => Some(state.version.0),
            Learned::Read(None) | Learned::Stored(None) => {
                nothing.iter().copied().find(|place| *place >= least)
            }
        };
        let is_in_order = place.is_some_and(|place| place > least || place == least && !is_write);
        ensure(is_in_order, || {
            format!("out of order: v{least} of {id} was known before {event:?}")
        })?;
        placed.extend(place.map(|place| (event, place)));
    }
    // Nor may anything be read before somebody asked for it to be written.
    for (write, place) in &placed {
        if matches!(write.learned, Learned::Wrote(..)) {
            let early = placed
                .iter()
                .find(|(other, seen)| other.span.answered < write.span.asked && seen >= place);
            ensure(early.is_none(), || {
                format!("out of order: {early:?} before {write:?}")
            })?;
        }
    }
    Ok(())
}
