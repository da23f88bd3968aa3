//! One store at run time, without its type: what `sync`, `live` and `status` work on.

use std::{
    any::Any,
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64},
    },
};

use leptos::{prelude::*, reactive::owner::WeakOwner};
use serde_json::Value;

use crate::boot::use_boot;

use super::{
    status::SaveStatus,
    table::{Entry, Tier},
};

/// A store at run time.
pub(crate) struct Slot {
    pub(crate) entry: Entry,
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) tier: Tier,
    /// The account whose value this is; empty where nobody is logged in.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) owner: String,
    /// The version the server is known to hold.
    pub(crate) version: ArcRwSignal<u64>,
    /// Whether the server holds what the screen shows.
    pub(crate) status: ArcRwSignal<SaveStatus>,
    /// The content at `version`; the store's default before it was ever written.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) base: Mutex<Value>,
    /// The latest version and content that another tab wrote, until it is taken over.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) heard: Mutex<Option<(u64, Value)>>,
    /// What was sent on top of `base` and not answered: the server may hold it.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) sent: Mutex<Vec<Value>>,
    /// Counts local changes, so that a write knows whether it was the last.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) edits: AtomicU64,
    /// One write at a time.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) in_flight: AtomicBool,
    /// Tries in a row that ended without an answer.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) failures: AtomicU32,
    /// Whether the next try has its time already.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) is_retrying: AtomicBool,
    /// The value on screen.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) read: Box<dyn Fn() -> Value + Send + Sync>,
    /// Puts a value on screen, and says whether it could: what does not fit the type changes nothing.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    pub(crate) adopt: Box<dyn Fn(&Value) -> bool + Send + Sync>,
}

/// Every store that a component has asked for, so that two components share one. What they share
/// belongs to the application, not to the component that asked first: a handle stays good in a
/// toast's Undo after its page is gone.
#[derive(Clone)]
pub(crate) struct Stores {
    slots: Arc<Mutex<HashMap<&'static str, Held>>>,
    /// Whose context holds this: weak, or neither would ever go, and on the server there is one for each page.
    owner: WeakOwner,
    /// Bumped when a slot joins, so that sums over all slots look again.
    pub(crate) joined: ArcRwSignal<u64>,
    /// The newest revision that this tab has heard of: bumped by every change, its own too.
    pub(crate) revision: ArcRwSignal<u64>,
}

#[derive(Clone)]
struct Held {
    slot: Arc<Slot>,
    handle: Arc<dyn Any + Send + Sync>,
}

impl Stores {
    /// The handle under this key, made at first use.
    pub(super) fn get_or_insert<H: Copy + Send + Sync + 'static>(
        &self,
        key: &'static str,
        make: impl FnOnce() -> (Arc<Slot>, H),
    ) -> H {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = slots.get(key)
            && let Some(handle) = held.handle.downcast_ref::<H>()
        {
            return *handle;
        }
        let (slot, handle) = match self.owner.upgrade() {
            Some(owner) => owner.with(make),
            None => make(),
        };
        let held = Held {
            slot,
            handle: Arc::new(handle),
        };
        slots.insert(key, held);
        drop(slots);
        self.joined.update(|count| *count += 1);
        handle
    }

    /// Every slot so far.
    pub(crate) fn all(&self) -> Vec<Arc<Slot>> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.values().map(|held| held.slot.clone()).collect()
    }

    /// The slot under this key.
    #[cfg(feature = "hydrate")]
    pub(crate) fn find(&self, key: &str) -> Option<Arc<Slot>> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.get(key).map(|held| held.slot.clone())
    }
}

/// The newest revision that this tab has heard of; whoever reads it is told of every change of the
/// workspace, wherever it was made.
pub(crate) fn use_revision() -> ArcRwSignal<u64> {
    use_context::<Stores>()
        .unwrap_or_else(provide_stores)
        .revision
}

/// Provides the stores to every component below.
pub(crate) fn provide_stores() -> Stores {
    let stores = Stores {
        slots: Arc::default(),
        owner: Owner::current().unwrap_or_default().downgrade(),
        joined: ArcRwSignal::new(0),
        revision: ArcRwSignal::new(use_boot().with_value(|boot| boot.revision)),
    };
    provide_context(stores.clone());
    stores
}
