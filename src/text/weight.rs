//! How much memory a state takes as a tree of values: what it is made of, not the length of its JSON.

use std::mem::size_of;

use serde_json::{Map, Value};

use crate::{Scope, State};

/// Fields in a node of the map that an object is: a small one takes one node, however few there are; of
/// larger ones nodes are at least half full.
const FIELDS: usize = 11;

/// A node, with its links.
const NODE: usize = FIELDS * size_of::<(String, Value)>() + 16;

/// The bytes of a state.
pub(crate) fn of(state: &State) -> u32 {
    with(state, beyond(&state.data) + beyond(&state.metadata))
}

/// The bytes of a state whose data and metadata hold so many outside of themselves.
pub(super) fn with(state: &State, beyond: usize) -> u32 {
    let names = name(&state.scope) + state.name.len() + state.kind.as_str().len();
    u32::try_from(size_of::<State>() + names + beyond).unwrap_or(u32::MAX)
}

/// The bytes of the name inside a scope.
pub(crate) fn name(scope: &Scope) -> usize {
    match scope {
        Scope::Shared => 0,
        Scope::Tenant(id) | Scope::User(id) | Scope::Session(id) => id.len(),
    }
}

/// What an array holds, but for what is beyond its items.
pub(super) fn array(items: &Vec<Value>) -> usize {
    items.capacity() * size_of::<Value>()
}

/// What an object holds, but for its names and what is beyond its fields.
pub(super) fn object(fields: &Map<String, Value>) -> usize {
    let nodes = match fields.len() {
        0 => 0,
        some if some <= FIELDS => 1,
        many => many.div_ceil(FIELDS / 2),
    };
    nodes * NODE
}

/// What a value holds outside of itself.
fn beyond(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.capacity(),
        Value::Array(items) => array(items) + items.iter().map(beyond).sum::<usize>(),
        Value::Object(fields) => {
            let within = fields.iter();
            let within = within.map(|(name, value)| name.capacity() + beyond(value));
            object(fields) + within.sum::<usize>()
        }
    }
}
