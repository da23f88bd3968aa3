//! How much memory a state takes as a tree of values: what it is made of, not the length of its JSON.

use std::mem::size_of;

use serde_json::Value;

use crate::{Scope, State};

/// Fields in a node of the map that an object is: a small one takes one node, however few there are; of
/// larger ones nodes are at least half full.
const FIELDS: usize = 11;

/// A node, with its links.
const NODE: usize = FIELDS * size_of::<(String, Value)>() + 16;

/// The bytes of a state.
pub(super) fn of(state: &State) -> u32 {
    let names = name(&state.scope) + state.name.len() + state.kind.as_str().len();
    let bytes = size_of::<State>() + names + beyond(&state.data) + beyond(&state.metadata);
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The bytes of the name inside a scope.
pub(super) fn name(scope: &Scope) -> usize {
    match scope {
        Scope::Shared => 0,
        Scope::Tenant(id) | Scope::User(id) | Scope::Session(id) => id.len(),
    }
}

/// What a value holds outside of itself.
fn beyond(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.capacity(),
        Value::Array(items) => {
            let within: usize = items.iter().map(beyond).sum();
            items.capacity() * size_of::<Value>() + within
        }
        Value::Object(fields) => {
            let nodes = match fields.len() {
                0 => 0,
                some if some <= FIELDS => 1,
                many => many.div_ceil(FIELDS / 2),
            };
            let fields = fields.iter();
            let within: usize = fields
                .map(|(name, value)| name.capacity() + beyond(value))
                .sum();
            nodes * NODE + within
        }
    }
}
