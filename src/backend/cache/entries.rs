//! What is cached, and the one rule of what may take whose place: the higher version.
//!
//! Two things would break that rule if they were not seen to. A reader asks the backend, something
//! newer is written and heard of, and then the reader puts what it was told into the cache: so it
//! draws a [`Ticket`] first, which is worth nothing once anything was heard of. And the newer
//! entry may have been evicted in between, so comparing with what is there would not be enough.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use moka::{notification::RemovalCause, sync};

use super::{CacheCounts, weight};
use crate::{
    Scope, State, StateId,
    backend::address::{Address, Addressed},
};

/// Tickets are kept for groups of addresses, by hash: so their number is bounded, and nothing has to
/// be given back by a reader that was cancelled. Enough that unrelated readers seldom meet; when they
/// do, one of them reads once more.
const GROUPS: usize = 1024;

/// What is known of an address: its newest state, or that there is none.
type Known = Option<Arc<State>>;

#[derive(Debug)]
pub(super) struct Entries {
    known: sync::Cache<Address, Known>,
    /// How often something was heard of an address of each group. Whoever changes `known` holds it.
    heard: Box<[Mutex<u64>]>,
    hasher: RandomState,
    hits: AtomicU64,
    misses: AtomicU64,
    evicted: Arc<AtomicU64>,
}

/// The right to cache what the backend is about to say.
#[derive(Debug)]
pub(super) struct Ticket(u64);

impl Entries {
    pub(super) fn within(bytes: u64) -> Self {
        let evicted = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&evicted);
        let known = sync::Cache::builder()
            .max_capacity(bytes)
            .weigher(|at: &Address, known: &Known| weight::of(&at.scope, &at.id, known.as_ref()))
            .eviction_listener(move |_, _, cause| {
                if cause == RemovalCause::Size {
                    counter.fetch_add(1, Relaxed);
                }
            })
            .build();
        Self {
            known,
            heard: (0..GROUPS).map(|_| Mutex::new(0)).collect(),
            hasher: RandomState::new(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            evicted,
        }
    }

    pub(super) fn find(&self, scope: &Scope, id: &StateId) -> Option<Known> {
        self.known.get(&(scope, id) as &dyn Addressed)
    }

    /// As `find`, for a reader.
    pub(super) fn hit(&self, scope: &Scope, id: &StateId) -> Option<Known> {
        self.find(scope, id).inspect(|_| {
            self.hits.fetch_add(1, Relaxed);
        })
    }

    pub(super) fn missed(&self) {
        self.misses.fetch_add(1, Relaxed);
    }

    /// Before the backend is asked.
    pub(super) fn ticket(&self, scope: &Scope, id: &StateId) -> Ticket {
        Ticket(*self.group(scope, id))
    }

    /// What the backend said.
    pub(super) fn fill(
        &self,
        ticket: Ticket,
        scope: &Scope,
        id: &StateId,
        found: Option<&Arc<State>>,
    ) {
        let mut heard = self.group(scope, id);
        let is_next = match self.find(scope, id) {
            Some(known) => version(known.as_ref()) < version(found),
            None => *heard == ticket.0,
        };
        if is_next {
            *heard += 1;
            let (scope, id) = (scope.clone(), id.clone());
            self.known.insert(Address { scope, id }, found.cloned());
        }
    }

    /// A state that was just written here: likely to be read next.
    pub(super) fn keep(&self, state: &Arc<State>) {
        self.hear(state, true);
    }

    /// A state that was met elsewhere: it takes its predecessor's place, if that is here.
    pub(super) fn notice(&self, state: &Arc<State>) {
        self.hear(state, false);
    }

    fn hear(&self, state: &Arc<State>, is_wanted: bool) {
        let mut heard = self.group(&state.scope, &state.id);
        *heard += 1;
        let is_next = match self.find(&state.scope, &state.id) {
            Some(known) => version(known.as_ref()) < version(Some(state)),
            None => is_wanted,
        };
        // Without its content it was replaced long ago: something newer is to be asked for.
        if is_next && state.removed.is_some() {
            self.known.invalidate(&Address::of(state));
        } else if is_next {
            self.known
                .insert(Address::of(state), Some(Arc::clone(state)));
        }
    }

    /// Forgets everything, also what readers are about to bring.
    pub(super) fn forget(&self) {
        let mut groups: Vec<_> = self.heard.iter().map(lock).collect();
        groups.iter_mut().for_each(|heard| **heard += 1);
        self.known.invalidate_all();
    }

    pub(super) fn counts(&self) -> CacheCounts {
        // Bytes and entries are estimates until the cache has tidied up.
        self.known.run_pending_tasks();
        CacheCounts {
            hits: self.hits.load(Relaxed),
            misses: self.misses.load(Relaxed),
            bytes: self.known.weighted_size(),
            entries: self.known.entry_count(),
            evicted: self.evicted.load(Relaxed),
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a remainder is below what it was divided by"
    )]
    fn group(&self, scope: &Scope, id: &StateId) -> MutexGuard<'_, u64> {
        let hash = self.hasher.hash_one((scope, id));
        lock(&self.heard[hash as usize % GROUPS])
    }
}

/// A count is whole, whoever panicked while holding it.
fn lock(heard: &Mutex<u64>) -> MutexGuard<'_, u64> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Versions begin with 1: nothing is older than anything.
fn version(state: Option<&Arc<State>>) -> u64 {
    state.map_or(0, |state| state.version.0)
}
