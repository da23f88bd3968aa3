//! A group of requests as one call: what travels to the function that writes, and what its answer
//! means.

use std::collections::{HashMap, hash_map::Entry};

use fred::types::Value;

use super::{
    Batch, Fault, Outcome, Write,
    fault::RedisFault,
    keys::{self, Keys},
    reader::Deed,
    reply::Reply,
    writer::Request,
};
use crate::{Bound, Revision, Status};

/// A batch on its way.
#[derive(Debug, Default)]
pub(super) struct Encoded {
    writes: Vec<EncodedWrite>,
    /// Of each guard the address and the version, 0 where nothing may be.
    guards: Vec<String>,
}

impl Encoded {
    pub(super) fn of(batch: &Batch, keys: &Keys) -> Result<Self, Fault> {
        let writes = batch.writes.iter();
        let writes = writes.map(|write| EncodedWrite::of(write, keys));
        let guards = batch.guards.iter().flat_map(|guard| {
            let version = guard.version.map_or(0, |version| version.0);
            [keys::address(&guard.scope, &guard.id), version.to_string()]
        });
        Ok(Self {
            writes: writes.collect::<Result<_, _>>()?,
            guards: guards.collect(),
        })
    }

    pub(super) fn bytes(&self) -> usize {
        let writes = self.writes.iter().flat_map(|write| &write.rest);
        writes.chain(&self.guards).map(String::len).sum()
    }
}

/// A write on its way, but for the places of its keys in the call.
#[derive(Debug)]
struct EncodedWrite {
    ids: String,
    history: String,
    /// Guard, version, live, bytes, due, quota: one text, because each part has its price.
    numbers: String,
    rest: [String; 6],
}

impl EncodedWrite {
    fn of(write: &Write, keys: &Keys) -> Result<Self, Fault> {
        let state = &write.after;
        let scope = state.scope.to_string();
        let address = keys::address(&state.scope, &state.id);
        let deed: Deed = (
            write.transition.clone(),
            write.actor.clone(),
            state.updated_at,
        );
        let numbers = format!(
            "{} {} {} {} {} {} {}",
            write.before.as_ref().map_or(0, |state| state.version.0),
            state.version.0,
            u8::from(state.status != Status::DELETED),
            write.bytes,
            write.due.map_or_else(String::new, |due| due.0.to_string()),
            write.quota.states,
            write.quota.bytes,
        );
        Ok(Self {
            ids: keys.ids(&scope),
            history: keys.history(&address),
            numbers,
            rest: [
                scope,
                address,
                state.id.as_str().to_owned(),
                state.kind.as_str().to_owned(),
                serde_json::to_string(&deed)?,
                write.json()?.to_string(),
            ],
        })
    }
}

/// The arguments that a guard takes.
const PER_GUARD: usize = 2;

/// Keys and arguments of `holdfast_2_apply`.
pub(super) fn call(keys: &Keys, group: Vec<Encoded>) -> (Vec<String>, Vec<Value>) {
    let mut places = Places::default();
    for key in [
        &keys.log,
        &keys.due,
        &keys.revision,
        &keys.scopes,
        &keys.states,
    ] {
        places.of(key.clone());
    }
    let mut args = vec![count(group.len())];
    for batch in group {
        let (writes, guards) = (batch.writes.len(), batch.guards.len() / PER_GUARD);
        args.push(format!("{writes} {guards}").into());
        args.extend(batch.guards.into_iter().map(Value::from));
        for write in batch.writes {
            let (ids, history) = (places.of(write.ids), places.of(write.history));
            args.push(format!("{ids} {history} {}", write.numbers).into());
            args.extend(write.rest.into_iter().map(Value::from));
        }
    }
    (places.names, args)
}

/// Each key once, by its place as Lua counts: from 1.
#[derive(Default)]
struct Places {
    names: Vec<String>,
    known: HashMap<String, usize>,
}

impl Places {
    fn of(&mut self, name: String) -> usize {
        match self.known.entry(name) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(place) => {
                self.names.push(place.key().clone());
                *place.insert(self.names.len())
            }
        }
    }
}

fn count(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// What became of each request, in their order.
pub(super) fn outcomes(reply: &mut Reply, requests: &[Request]) -> Result<Vec<Outcome>, Fault> {
    let outcomes = requests
        .iter()
        .map(|request| outcome(reply, &request.batch.writes));
    outcomes.collect()
}

fn outcome(reply: &mut Reply, writes: &[Write]) -> Result<Outcome, Fault> {
    match reply.number()? {
        0 => {
            let places = (reply.number()?..).map(Revision);
            let changes = writes.iter().cloned().zip(places);
            let changes = changes.map(|(write, place)| write.recorded(place));
            Ok(Outcome::Applied(changes.collect()))
        }
        1 => Ok(Outcome::Stale(reply.maybe_state()?)),
        2 => {
            let place = usize::try_from(reply.number()?)?;
            let is_bytes = reply.is_set()?;
            let size = reply.number()?;
            let write = place.checked_sub(1).and_then(|place| writes.get(place));
            let quota = write.ok_or(RedisFault::Garbled("no such write"))?.quota;
            let (what, limit) = if is_bytes {
                (Bound::ScopeBytes, quota.bytes)
            } else {
                (Bound::ScopeStates, quota.states)
            };
            Ok(Outcome::OverQuota { what, size, limit })
        }
        _ => Err(RedisFault::Garbled("an outcome of another version").into()),
    }
}
