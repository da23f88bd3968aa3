//! The place of one state: whose it is, and what it stands at. Made with the first version, and there as
//! long as the engine is: a deleted state leaves a tombstone.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use super::{
    super::{
        Fault,
        address::Addressed,
        ledger::{Head, Usage},
    },
    books::Due,
    record,
};
use crate::{Actor, Scope, State, StateId, Timestamp};

/// A scope and what it holds. Counted under the lock of the books, so that is their order.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) scope: Scope,
    states: AtomicU64,
    bytes: AtomicU64,
}

impl Shelf {
    pub(super) fn new(scope: Scope) -> Self {
        let (states, bytes) = Default::default();
        Self {
            scope,
            states,
            bytes,
        }
    }

    pub(super) fn usage(&self) -> Usage {
        Usage {
            states: self.states.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
        }
    }

    pub(super) fn set_usage(&self, usage: Usage) {
        self.states.store(usage.states, Relaxed);
        self.bytes.store(usage.bytes, Relaxed);
    }
}

/// The place of one state.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) shelf: Arc<Shelf>,
    pub(super) id: StateId,
    stand: Mutex<Stand>,
}

/// What a state stands at.
#[derive(Debug)]
pub(super) struct Stand {
    /// The place of its newest record in the log.
    pub(super) place: u64,
    pub(super) head: Head,
    /// The state as it is kept.
    pub(super) json: Arc<str>,
    /// Who wrote it.
    pub(super) actor: Arc<Actor>,
    /// The state as readers want it, while there is room for it.
    pub(super) warm: Option<Warmed>,
    /// Whether it stands in the queue of those that make room for others.
    pub(super) is_queued: bool,
    /// Whether it was asked for since the queue last looked.
    pub(super) is_wanted: bool,
    pub(super) due: Option<Timestamp>,
    /// Where the index of what is due has it: never later than `due`.
    pub(super) indexed: Option<Due>,
}

/// A state in memory, and its bytes there.
#[derive(Debug)]
pub(super) struct Warmed {
    pub(super) state: Arc<State>,
    pub(super) bytes: u32,
}

/// What a slot showed at one moment: cheap to take while others wait.
#[derive(Debug)]
pub(super) struct Shown {
    /// Of the newest change.
    pub(super) revision: u64,
    pub(super) is_live: bool,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Warm(Arc<State>),
    Json(Arc<str>),
}

impl Shown {
    pub(super) fn of(slot: &Slot) -> Self {
        let stand = slot.stand();
        Self {
            revision: stand.place,
            is_live: stand.head.is_live,
            content: match &stand.warm {
                Some(warm) => Content::Warm(Arc::clone(&warm.state)),
                None => Content::Json(Arc::clone(&stand.json)),
            },
        }
    }

    /// The state, read from its JSON if need be. Whoever looks at many does not make them warm.
    pub(super) fn state(&self) -> Result<Arc<State>, Fault> {
        match &self.content {
            Content::Warm(state) => Ok(Arc::clone(state)),
            Content::Json(json) => record::state(json),
        }
    }
}

impl Slot {
    pub(super) fn new(shelf: Arc<Shelf>, id: StateId, stand: Stand) -> Self {
        let stand = Mutex::new(stand);
        Self { shelf, id, stand }
    }

    // A stand is changed by plain assignments: it is whole, whoever panicked elsewhere.
    pub(super) fn stand(&self) -> MutexGuard<'_, Stand> {
        self.stand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Addressed for Slot {
    fn scope(&self) -> &Scope {
        &self.shelf.scope
    }

    fn id(&self) -> &StateId {
        &self.id
    }
}

/// A slot in the table of all, found by its address.
#[derive(Debug)]
pub(super) struct ByAddress(pub(super) Arc<Slot>);

impl Hash for ByAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&*self.0 as &dyn Addressed).hash(state);
    }
}

impl PartialEq for ByAddress {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ByAddress {}

impl<'a> Borrow<dyn Addressed + 'a> for ByAddress {
    fn borrow(&self) -> &(dyn Addressed + 'a) {
        &*self.0
    }
}

/// A slot among those of its scope, in the order of their ids.
#[derive(Debug, Clone)]
pub(super) struct ById(pub(super) Arc<Slot>);

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for ById {}

impl PartialOrd for ById {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ById {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.id.cmp(&other.0.id)
    }
}

impl Borrow<StateId> for ById {
    fn borrow(&self) -> &StateId {
        &self.0.id
    }
}
