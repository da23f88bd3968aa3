//! Sets of rows or participants as bits, combined a word at a time.

use super::parallel::parallel;
use crate::Error;

/// Places that one core looks at before it takes the next ones: whole words.
const PIECE: usize = 1 << 16;

/// A set over `0..len`. Bits past `len` are never set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// The empty set.
    pub(crate) fn none(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(64)],
            len,
        }
    }

    /// The whole of `0..len`.
    pub(crate) fn all(len: usize) -> Self {
        let mut words = vec![u64::MAX; len.div_ceil(64)];
        if let Some(last) = words.last_mut()
            && !len.is_multiple_of(64)
        {
            *last = (1 << (len % 64)) - 1;
        }
        Self { words, len }
    }

    /// Those for which `is_in` holds.
    pub(crate) fn from_fn(len: usize, mut is_in: impl FnMut(usize) -> bool) -> Self {
        let word = |at: usize| {
            let bits = (len - at * 64).min(64);
            (0..bits).fold(0, |word, bit| {
                word | (u64::from(is_in(at * 64 + bit)) << bit)
            })
        };
        Self {
            words: (0..len.div_ceil(64)).map(word).collect(),
            len,
        }
    }

    /// The same on the machine's cores, where each place takes its time.
    pub(crate) fn from_fn_parallel(
        len: usize,
        is_in: impl Fn(usize) -> bool + Sync,
    ) -> Result<Self, Error> {
        let pieces = parallel(len.div_ceil(PIECE), |piece| {
            let start = piece * PIECE;
            let piece = Self::from_fn(PIECE.min(len - start), |at| is_in(start + at));
            Ok(piece.words)
        })?;
        Ok(Self {
            words: pieces.concat(),
            len,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, at: usize) -> bool {
        self.words[at / 64] >> (at % 64) & 1 == 1
    }

    pub(crate) fn set(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
    }

    pub(crate) fn clear(&mut self, at: usize) {
        self.words[at / 64] &= !(1 << (at % 64));
    }

    pub(crate) fn and(&mut self, other: &Self) {
        for (word, with) in self.words.iter_mut().zip(&other.words) {
            *word &= with;
        }
    }

    pub(crate) fn or(&mut self, other: &Self) {
        for (word, with) in self.words.iter_mut().zip(&other.words) {
            *word |= with;
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.words
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum()
    }

    /// How many are in both.
    pub(crate) fn count_both(&self, other: &Self) -> u64 {
        let both = self.words.iter().zip(&other.words);
        both.map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    /// The same set over more places.
    pub(crate) fn grow(&mut self, len: usize) {
        self.len = self.len.max(len);
        self.words.resize(self.len.div_ceil(64), 0);
    }

    /// The members, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words
            .iter()
            .enumerate()
            .flat_map(|(at, word)| Ones(*word).map(move |bit| at * 64 + bit))
    }

    /// How many segments hold a member. `ends` marks the last position of each segment; the
    /// segments cover `0..len`.
    ///
    /// Adding a segment's members to a run of ones below its end carries into the end exactly if
    /// there is a member: 64 rows in a handful of instructions, however the segments lie.
    pub(crate) fn segments(&self, ends: &Self) -> u64 {
        let mut carry = false;
        let mut count = 0;
        for (word, ends) in self.words.iter().zip(&ends.words) {
            let (sum, over) = (word & !ends).overflowing_add(!ends);
            let (sum, over_too) = sum.overflowing_add(u64::from(carry));
            carry = over || over_too;
            count += u64::from(((sum | word) & ends).count_ones());
        }
        count
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.words.len() * 8
    }
}

/// The positions of a word's ones.
struct Ones(u64);

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pieces_of_several_cores_are_the_whole() {
        let is_in = |at: usize| at.is_multiple_of(3) || at % 64 == 63;
        for len in [0, 1, 64, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 65] {
            let whole = Bitmap::from_fn(len, is_in);
            let pieces = Bitmap::from_fn_parallel(len, is_in);
            assert!(pieces.is_ok_and(|pieces| pieces == whole), "{len}");
        }
    }

    proptest! {
        #[test]
        fn segments_with_a_member_are_counted_as_one_would_by_hand(
            rows in proptest::collection::vec((any::<bool>(), prop::bool::weighted(0.2)), 0..400),
        ) {
            let len = rows.len();
            let members = Bitmap::from_fn(len, |at| rows[at].0);
            let ends = Bitmap::from_fn(len, |at| rows[at].1 || at + 1 == len);
            let (mut expected, mut has_member) = (0, false);
            for at in 0..len {
                has_member |= members.get(at);
                if ends.get(at) {
                    expected += u64::from(has_member);
                    has_member = false;
                }
            }
            prop_assert_eq!(members.segments(&ends), expected);
            prop_assert_eq!(members.count(), members.iter().count() as u64);
        }
    }
}
