//! What a backend wrote lately, so that the next write of the same state need not read first.
//!
//! Two generations: when the young one is full it becomes the old one, and what was old is
//! forgotten. So it is bounded, and what is in use stays. It may be out of date and says so: only
//! [`Backend::recent`](super::Backend::recent) reads it.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use super::address::{Address, Addressed};
use crate::{Scope, State, StateId, hash::Map};

/// States in one generation: what 256 busy writers touch, many times over.
const GENERATION: usize = 4096;

/// States larger than this are not remembered, so that two generations stay below 128 MB.
const LARGEST: u64 = 16 * 1024;

#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: Map<Address, Arc<State>>,
    old: Map<Address, Arc<State>>,
}

impl Recent {
    pub(super) fn find(&self, scope: &Scope, id: &StateId) -> Option<Arc<State>> {
        let generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = &(scope, id) as &dyn Addressed;
        let found = generations
            .young
            .get(key)
            .or_else(|| generations.old.get(key));
        found.map(Arc::clone)
    }

    /// Remembers what was just committed: states with their sizes.
    pub(super) fn remember<'a>(&self, written: impl IntoIterator<Item = (&'a Arc<State>, u64)>) {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let generations = &mut *guard;
        for (state, bytes) in written {
            let key = &(&state.scope, &state.id) as &dyn Addressed;
            if bytes > LARGEST {
                generations.young.remove(key);
                generations.old.remove(key);
                continue;
            }
            if let Some(known) = generations.young.get_mut(key) {
                *known = Arc::clone(state);
                continue;
            }
            generations
                .young
                .insert(Address::of(state), Arc::clone(state));
            if generations.young.len() >= GENERATION {
                generations.old = mem::take(&mut generations.young);
            }
        }
    }
}
