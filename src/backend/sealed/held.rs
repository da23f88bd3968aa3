//! The keys as this server knows them, since it last read the notes. It does no I/O.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    SealedFault,
    kept::{Kept, id, parsed},
    key::Key,
    master::MasterKey,
};
use crate::{Timestamp, backend::Note};

/// A data key as this server knows it.
#[derive(Debug, Clone)]
pub(super) enum Known {
    Key(Arc<Key>),
    Forgotten,
    /// Wrapped by a master key that was not given, which has this print.
    Foreign(String),
    /// Its note was changed. This is one owner's trouble, and not everybody's.
    Broken,
}

/// Each owner's keys by number.
pub(super) type Owners = HashMap<String, BTreeMap<u32, Known>>;

#[derive(Debug)]
pub(super) struct Held {
    /// The newest first: it wraps, all of them unwrap.
    pub(super) masters: Vec<Arc<MasterKey>>,
    pub(super) owners: Owners,
    pub(super) read_at: Timestamp,
    /// How often the notes were read.
    pub(super) readings: u64,
}

impl Held {
    /// The highest number of an owner's keys, and that key.
    pub(super) fn last(&self, owner: &str) -> (u32, Option<Known>) {
        let keys = self.owners.get(owner);
        let last = keys.and_then(BTreeMap::last_key_value);
        last.map_or((0, None), |(number, known)| (*number, Some(known.clone())))
    }

    pub(super) fn known(&self, id: &str) -> Option<Known> {
        let (owner, number) = parsed(id)?;
        self.owners.get(owner)?.get(&number).cloned()
    }

    /// The key to use; `None` when it was forgotten.
    pub(super) fn usable(&self, id: &str, known: Known) -> Result<Option<Arc<Key>>, SealedFault> {
        let key = id.to_owned();
        match known {
            Known::Key(key) => Ok(Some(key)),
            Known::Forgotten => Ok(None),
            Known::Broken => Err(SealedFault::BrokenKey { key }),
            Known::Foreign(wrapped_by) => {
                let given: Vec<&str> = self.masters.iter().map(|master| master.print()).collect();
                let given = given.join(", ");
                Err(SealedFault::WrongMaster {
                    key,
                    wrapped_by,
                    given,
                })
            }
        }
    }

    /// That every key that is not forgotten can be used.
    pub(super) fn all_usable(&self) -> Result<(), SealedFault> {
        for (owner, keys) in &self.owners {
            for (number, known) in keys {
                self.usable(&id(owner, *number), known.clone())?;
            }
        }
        Ok(())
    }

    /// What a note says of a key. One that was unwrapped before is the same as ever.
    pub(super) fn unwrapped(&self, id: &str, note: &Note) -> Known {
        let wrapped = match Kept::read(id, note) {
            Ok(Kept::Wrapped(wrapped)) => wrapped,
            Ok(Kept::Forgotten) => return Known::Forgotten,
            Err(_) => return Known::Broken,
        };
        if let Some(Known::Key(key)) = self.known(id) {
            return Known::Key(key);
        }
        let mut masters = self.masters.iter();
        let Some(master) = masters.find(|master| master.print() == wrapped.master) else {
            return Known::Foreign(wrapped.master);
        };
        let key = master.unwrap(id, &wrapped);
        key.map_or(Known::Broken, |key| Known::Key(Arc::new(key)))
    }
}
