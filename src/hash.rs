//! The maps that every write asks: hashed by aHash, which is keyed at random in each process as the hash of the standard
//! library is, so that nobody can choose ids that collide, and takes a fraction of its time for short names.

use std::collections::HashMap;

/// How it is hashed.
pub(crate) type Hashing = ahash::RandomState;

/// A map that is asked for every write.
pub(crate) type Map<K, V> = HashMap<K, V, Hashing>;
