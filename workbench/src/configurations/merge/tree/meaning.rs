//! What a value means, as 128 bits: two values are the same to every program exactly if their meanings are equal.
//! Order counts in lists and not in mappings; comments, quoting and layout count nowhere.

use std::hash::{DefaultHasher, Hasher};

/// The meaning of a value: keyless SipHash-1-3, read twice on its way. Two meanings are not equal by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in super::super) struct Meaning(u128);

/// Separates parts, so that ("ab", "c") is not ("a", "bc").
const SEPARATOR: u8 = 0xff;

impl Meaning {
    pub fn of(kind: u8, parts: &[&[u8]]) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(kind);
        for part in parts {
            hasher.write(part);
            hasher.write_u8(SEPARATOR);
        }
        let first = hasher.finish();
        hasher.write_u8(SEPARATOR);
        Self((u128::from(first) << 64) | u128::from(hasher.finish()))
    }

    /// A mapping: the sum over its entries, so that their order does not count.
    pub fn mapping<'k>(entries: impl Iterator<Item = (&'k str, Meaning)>) -> Self {
        let mut sum = 0_u128;
        let mut count = 0_u64;
        for (key, value) in entries {
            let entry = Self::of(b'e', &[key.as_bytes(), &value.0.to_le_bytes()]);
            sum = sum.wrapping_add(entry.0);
            count += 1;
        }
        Self::of(b'm', &[&count.to_le_bytes(), &sum.to_le_bytes()])
    }

    pub fn sequence(items: impl Iterator<Item = Meaning>) -> Self {
        let bytes: Vec<u8> = items.flat_map(|item| item.0.to_le_bytes()).collect();
        Self::of(b's', &[&bytes])
    }

    /// With anchor and tag as written, which belong to the meaning of a YAML node.
    pub fn with_properties(self, properties: &str) -> Self {
        if properties.is_empty() {
            return self;
        }
        Self::of(b'p', &[properties.as_bytes(), &self.0.to_le_bytes()])
    }
}
