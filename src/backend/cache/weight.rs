//! How much memory a cached state takes, with what the cache itself needs for it.

use std::sync::Arc;

use crate::{Scope, State, StateId, backend::weight};

/// What an entry costs beside its state: the key, its place in the table and in the queues of the
/// cache.
const ENTRY: usize = 256;

/// The bytes of one entry.
pub(super) fn of(scope: &Scope, id: &StateId, state: Option<&Arc<State>>) -> u32 {
    // The scope stands in the key and in the state; the id is shared.
    let key = u32::try_from(ENTRY + weight::name(scope) + id.as_str().len()).unwrap_or(u32::MAX);
    key.saturating_add(state.map_or(0, |state| weight::of(state)))
}
