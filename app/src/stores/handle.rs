//! What a component holds of a store: a value to read, and ways to change it.
//!
//! **Server-side rendering.** The value is the one in the page's snapshot, on both sides; the
//! browser touches its storage and the network only in effects, after hydration.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU32, AtomicU64},
};

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    slot::{Slot, Stores, provide_stores},
    status::SaveStatus,
    table::{Store, Tier},
};
use crate::boot::{Boot, Stored, use_boot};
#[cfg(feature = "hydrate")]
use crate::components::alive::when_whole;

/// What a store may hold.
pub(crate) trait Content:
    Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static
{
}
impl<T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static> Content for T {}

/// A store in a component's hands. Copies share one value.
pub(crate) struct StoreHandle<T: 'static> {
    value: RwSignal<T>,
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser writes")
    )]
    slot: StoredValue<Arc<Slot>>,
}

impl<T> Clone for StoreHandle<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for StoreHandle<T> {}

impl<T: Content> StoreHandle<T> {
    /// The value; the caller is told of changes.
    pub(crate) fn get(&self) -> T {
        self.value.get()
    }

    /// The value, without being told of changes.
    pub(crate) fn get_untracked(&self) -> T {
        self.value.get_untracked()
    }

    /// Looks at the value without copying it; the caller is told of changes.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.value.with(look)
    }

    /// Takes a new value: on screen at once, kept soon after.
    pub(crate) fn set(&self, value: T) {
        self.update(|current| *current = value);
    }

    /// Changes the value: on screen at once, kept soon after. No change, no write.
    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        let before = self.value.get_untracked();
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return;
        }
        self.value.set(after);
        #[cfg(feature = "hydrate")]
        self.slot.with_value(|slot| match slot.tier {
            Tier::Browser => super::preferences::keep(slot),
            Tier::Server => super::sync::changed(slot.clone()),
        });
    }

    /// The value as a signal for reading.
    pub(crate) fn signal(&self) -> Signal<T> {
        self.value.into()
    }
}

/// A store of preferences, in the browser's session storage (unless the settings move it).
pub(crate) fn use_browser_store<T: Content>(store: Store<T>) -> StoreHandle<T> {
    use_store(store)
}

/// A store of critical data, on the server (unless the settings move it).
pub(crate) fn use_server_store<T: Content>(store: Store<T>) -> StoreHandle<T> {
    use_store(store)
}

fn use_store<T: Content>(store: Store<T>) -> StoreHandle<T> {
    let stores = use_context::<Stores>().unwrap_or_else(provide_stores);
    let boot = use_boot();
    stores.get_or_insert(store.entry.key, || {
        let (tier, stored) = initial(boot, &store);
        #[cfg(feature = "hydrate")]
        let is_known = stored.data.is_some();
        let base = match &stored.data {
            Some(data) => data.clone(),
            None => serde_json::to_value((store.default)()).unwrap_or(Value::Null),
        };
        let value = stored.data.and_then(|data| T::deserialize(&data).ok());
        let value = ArcRwSignal::new(value.unwrap_or_else(store.default));
        let owner = boot.with_value(|boot| boot.me.as_ref().map(|me| me.key.clone()));
        let (owner, known) = (owner.unwrap_or_default(), (stored.version, base));
        let slot = Arc::new(slot(&store, tier, owner, value.clone(), known));
        #[cfg(feature = "hydrate")]
        start(&slot, is_known);
        let handle = StoreHandle {
            value: RwSignal::from(value),
            slot: StoredValue::new(slot.clone()),
        };
        (slot, handle)
    })
}

/// The tier in force, and the value in the page's snapshot.
fn initial<T>(boot: StoredValue<Boot>, store: &Store<T>) -> (Tier, Stored) {
    boot.with_value(|boot| {
        let tier = store.entry.tier_in(&boot.tiers);
        let stored = match tier {
            Tier::Server => boot
                .stores
                .get(store.entry.key)
                .cloned()
                .unwrap_or_default(),
            Tier::Browser => Stored {
                version: 0,
                data: boot.preferences.get(store.entry.key).cloned(),
            },
        };
        (tier, stored)
    })
}

fn slot<T: Content>(
    store: &Store<T>,
    tier: Tier,
    owner: String,
    value: ArcRwSignal<T>,
    (version, base): (u64, Value),
) -> Slot {
    let reader = value.clone();
    Slot {
        entry: store.entry,
        tier,
        owner,
        version: ArcRwSignal::new(version),
        status: ArcRwSignal::new(SaveStatus::Saved),
        base: Mutex::new(base),
        heard: Mutex::default(),
        sent: Mutex::default(),
        edits: AtomicU64::new(0),
        in_flight: AtomicBool::new(false),
        failures: AtomicU32::new(0),
        is_retrying: AtomicBool::new(false),
        read: Box::new(move || {
            reader.with_untracked(|value| serde_json::to_value(value).unwrap_or(Value::Null))
        }),
        adopt: Box::new(move |data| {
            let Ok(new) = T::deserialize(data) else {
                return false;
            };
            if value.with_untracked(|old| *old != new) {
                value.set(new);
            }
            true
        }),
    }
}

/// What a store does once the page is whole: take up what this tab still holds.
#[cfg(feature = "hydrate")]
fn start(slot: &Arc<Slot>, is_known: bool) {
    let slot = slot.clone();
    when_whole(move || match slot.tier {
        Tier::Browser if !is_known => super::preferences::recall(&slot),
        Tier::Browser => {}
        Tier::Server => super::outbox::recall(&slot),
    });
}
