//! How many different values a column has: exact up to a bound, then a close estimate, in
//! bounded memory.

use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
};

/// Different values counted exactly.
const EXACT: usize = 100_000;

/// Counts different values by their hashes. Past [`EXACT`], it keeps every second, fourth, eighth...
/// hash, chosen by the hash itself (Wegman's adaptive sampling, after Flajolet, "On adaptive
/// sampling", 1990). With never fewer than 50,000 hashes kept, the standard error is about
/// 1.2 / sqrt(50,000), half a percent.
#[derive(Default)]
pub(super) struct Distinct {
    hashes: HashSet<u64, BuildHasherDefault<AlreadyHashed>>,
    depth: u32,
}

impl Distinct {
    pub(super) fn add(&mut self, hash: u64) {
        if !is_kept(hash, self.depth) || !self.hashes.insert(hash) {
            return;
        }
        while self.hashes.len() > EXACT {
            self.depth += 1;
            let depth = self.depth;
            self.hashes.retain(|hash| is_kept(*hash, depth));
        }
    }

    pub(super) fn count(&self) -> u64 {
        (self.hashes.len() as u64) << self.depth
    }
}

/// The bits that choose are those a hash table looks at neither for the place nor for the tag.
fn is_kept(hash: u64, depth: u32) -> bool {
    (hash >> 32) & ((1 << depth) - 1) == 0
}

/// A number's hash: the finaliser of splitmix64, which maps no two numbers to one.
pub(super) fn hash_number(bits: u64) -> u64 {
    let mut x = bits.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A text's hash, the same on every run.
pub(super) fn hash_text(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The keys are hashes themselves.
#[derive(Default)]
pub(super) struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::{Distinct, hash_number};

    #[test]
    fn a_hundred_thousand_values_are_counted_exactly_and_a_million_closely() {
        let mut distinct = Distinct::default();
        for number in (0..100_000).chain(0..100_000) {
            distinct.add(hash_number(number));
        }
        assert_eq!(distinct.count(), 100_000);
        for number in 0..1_000_000 {
            distinct.add(hash_number(number));
        }
        let error = distinct.count().abs_diff(1_000_000);
        assert!(error < 15_000, "off by {error}");
    }
}
