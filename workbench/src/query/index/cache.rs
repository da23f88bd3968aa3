//! What the workbench keeps in memory between questions: loaded columns, built indexes, filter
//! bitmaps, sorted row orders. Bounded in bytes; least recently used out first, never what somebody
//! still holds. It does not know what it keeps, and never reads a file itself.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::Error;

type Kept = Arc<dyn Any + Send + Sync>;

/// A value that knows how much memory it takes.
pub(crate) trait Weigh {
    /// Bytes on the heap, near enough for a budget.
    fn bytes(&self) -> usize;
}

/// Values by name, bounded in bytes.
///
/// A name says all that decides the value (table ids are content hashes), so an entry never goes
/// stale. Whoever asks for a value that is being built waits for that build.
pub(crate) struct IndexCache {
    capacity: usize,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    slots: HashMap<String, Slot>,
    bytes: usize,
    clock: u64,
}

struct Slot {
    /// Held while the value is built; `None` before that and after a failed build.
    value: Arc<Mutex<Option<Kept>>>,
    /// 0 while the value is not there yet.
    bytes: usize,
    used: u64,
}

impl IndexCache {
    /// An empty cache that keeps at most `bytes`.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            capacity: bytes,
            shelf: Mutex::default(),
        }
    }

    /// The value under `name`, built by `build` if it is not there. Blocks while building: call it
    /// on a blocking thread. A build may ask for other names, never for its own.
    pub(crate) fn get_or_build<T>(
        &self,
        name: &str,
        build: impl FnOnce() -> Result<T, Error>,
    ) -> Result<Arc<T>, Error>
    where
        T: Weigh + Send + Sync + 'static,
    {
        let value = self.slot(name);
        let mut place = value.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = place.as_ref()
            && let Ok(found) = Arc::clone(kept).downcast::<T>()
        {
            return Ok(found);
        }
        let built = Arc::new(build()?);
        *place = Some(built.clone());
        drop(place);
        self.weigh_in(name, &value, built.bytes());
        Ok(built)
    }

    /// Bytes kept at the moment.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// The slot of a name, marked as just used.
    fn slot(&self, name: &str) -> Arc<Mutex<Option<Kept>>> {
        let mut shelf = self.lock();
        shelf.clock += 1;
        let clock = shelf.clock;
        if let Some(slot) = shelf.slots.get_mut(name) {
            slot.used = clock;
            return slot.value.clone();
        }
        let value = Arc::new(Mutex::new(None));
        let slot = Slot {
            value: value.clone(),
            bytes: 0,
            used: clock,
        };
        shelf.slots.insert(name.to_owned(), slot);
        value
    }

    /// Notes the weight of what was just built, and makes room for it.
    fn weigh_in(&self, name: &str, value: &Arc<Mutex<Option<Kept>>>, bytes: usize) {
        let mut shelf = self.lock();
        match shelf.slots.get_mut(name) {
            Some(slot) if Arc::ptr_eq(&slot.value, value) => {
                let before = std::mem::replace(&mut slot.bytes, bytes.max(1));
                shelf.bytes = shelf.bytes - before + bytes.max(1);
            }
            _ => return,
        }
        if shelf.bytes > self.capacity {
            shelf.make_room(self.capacity);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// Lets go of idle values, the longest unused first, until the rest fits.
    fn make_room(&mut self, capacity: usize) {
        let mut idle: Vec<(u64, String)> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.is_idle())
            .map(|(name, slot)| (slot.used, name.clone()))
            .collect();
        idle.sort_unstable();
        for (_, name) in idle {
            if self.bytes <= capacity {
                return;
            }
            if let Some(slot) = self.slots.remove(&name) {
                self.bytes -= slot.bytes;
            }
        }
    }
}

impl Slot {
    /// Nobody builds it, waits for it or holds its value. Only the shelf hands out the slot, and
    /// the shelf is locked, so this cannot change under the caller's feet.
    fn is_idle(&self) -> bool {
        if Arc::strong_count(&self.value) > 1 {
            return false;
        }
        let place = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        place
            .as_ref()
            .is_none_or(|kept| Arc::strong_count(kept) == 1)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    impl Weigh for Vec<u8> {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    #[test]
    fn the_longest_unused_leaves_first_and_what_is_held_stays() {
        let cache = IndexCache::new(250);
        let held = cache.get_or_build("held", || Ok(vec![0_u8; 100])).unwrap();
        drop(cache.get_or_build("old", || Ok(vec![0_u8; 100])).unwrap());
        drop(cache.get_or_build("new", || Ok(vec![1_u8; 100])).unwrap());
        assert_eq!(cache.bytes(), 200);
        let again = |name: &str| {
            let mut was_built = false;
            let build = || {
                was_built = true;
                Ok(vec![2_u8; 100])
            };
            drop(cache.get_or_build(name, build).unwrap());
            was_built
        };
        assert!(!again("held") && !again("new") && again("old"));
        drop(held);
    }

    #[test]
    fn what_many_ask_for_at_once_is_built_once() {
        let cache = IndexCache::new(1_000);
        let builds = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let build = || {
                        builds.fetch_add(1, Ordering::SeqCst);
                        Ok(vec![0_u8; 10])
                    };
                    assert_eq!(cache.get_or_build("one", build).unwrap().len(), 10);
                });
            }
        });
        assert_eq!(builds.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_failed_build_is_tried_again() {
        let cache = IndexCache::new(1_000);
        let failed = cache.get_or_build::<Vec<u8>>("one", || Err(Error::Cancelled));
        assert!(matches!(failed, Err(Error::Cancelled)));
        assert!(cache.get_or_build("one", || Ok(vec![1_u8])).is_ok());
    }
}
