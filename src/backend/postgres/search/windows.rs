//! Windows over the log: the newest hundred of a million matches are found without reading the million.
//!
//! A GIN index finds all rows of an expression, in no order. So every entry is indexed within its window
//! of the log, as if each window had an index of its own, and a search asks for a stretch of windows
//! after the other, each four times as long as the one before.

use std::ops::Range;

/// The length of a window in bits: 65,536 revisions, of which a word in one of a hundred states finds 655.
const BITS: u32 = 16;

/// The windows of the first stretch and of the longest: what one expression is made of.
const FIRST: i64 = 2;
const MOST: i64 = 256;

/// The window of a revision.
pub(super) fn of(revision: i64) -> i64 {
    revision >> BITS
}

/// The windows of some revisions.
pub(super) fn across(revisions: &Range<i64>) -> impl Iterator<Item = i64> + use<> {
    of(revisions.start)..=of(revisions.end - 1)
}

/// Stretches of the log, from one end to the other.
#[derive(Debug)]
pub(super) struct Stretches {
    left: Range<i64>,
    is_descending: bool,
    windows: i64,
}

impl Stretches {
    /// Short ones first.
    pub(super) fn growing(revisions: Range<i64>, is_descending: bool) -> Self {
        Self {
            left: revisions,
            is_descending,
            windows: FIRST,
        }
    }

    /// The longest that there are.
    pub(super) fn longest(revisions: Range<i64>) -> Self {
        Self {
            left: revisions,
            is_descending: false,
            windows: MOST,
        }
    }
}

impl Iterator for Stretches {
    type Item = Range<i64>;

    fn next(&mut self) -> Option<Range<i64>> {
        if self.left.is_empty() {
            return None;
        }
        let Range { start, end } = self.left;
        let windows = self.windows;
        self.windows = (windows * 4).min(MOST);
        let border = if self.is_descending {
            (of(end - 1) + 1 - windows) << BITS
        } else {
            (of(start) + windows) << BITS
        };
        let border = border.clamp(start, end);
        let (next, left) = if self.is_descending {
            (border..end, start..border)
        } else {
            (start..border, border..end)
        };
        self.left = left;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::{MOST, Stretches, across, of};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn stretches_follow_each_other_from_one_end_to_the_other(
            start in 0_i64..3_000_000, length in 0_i64..90_000_000, is_descending: bool,
        ) {
            let end = start + length;
            let mut stretches: Vec<Range<i64>> = Stretches::growing(start..end, is_descending).collect();
            if is_descending {
                stretches.reverse();
            }
            let mut at = start;
            for stretch in stretches {
                prop_assert!(!stretch.is_empty() && stretch.start == at);
                let windows: Vec<i64> = across(&stretch).collect();
                prop_assert!(windows.len() <= usize::try_from(MOST).unwrap_or_default());
                prop_assert!(windows.contains(&of(stretch.start)) && windows.contains(&of(stretch.end - 1)));
                at = stretch.end;
            }
            prop_assert_eq!(at, end);
        }
    }
}
