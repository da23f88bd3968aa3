//! The middle of many values without sorting them: counted in bins first, then only the middle bin's values are looked at.
//! Exact, whatever the bins.

use std::ops::RangeInclusive;

/// Bins at each place.
const BINS: usize = 2048;

/// Values at many places, counted in bins.
pub(super) struct Histograms {
    /// Bins for one unit.
    scale: f32,
    counts: Vec<u32>,
}

/// Where the middle of the values at a place is.
pub(super) struct Middle {
    bins: RangeInclusive<usize>,
    below: u64,
    n: u64,
}

impl Histograms {
    pub(super) fn new(places: usize, scale: f32) -> Self {
        Self {
            scale,
            counts: vec![0; places * BINS],
        }
    }

    pub(super) fn add(&mut self, place: usize, value: f32) {
        self.counts[place * BINS + bin(self.scale, value)] += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// `None` where there are no values.
    pub(super) fn middle(&self, place: usize) -> Option<Middle> {
        let counts = &self.counts[place * BINS..][..BINS];
        let n: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let last = n.checked_sub(1)?;
        let (first, below) = bin_of(counts, last / 2);
        let (end, _) = bin_of(counts, n / 2);
        Some(Middle {
            bins: first..=end,
            below,
            n,
        })
    }

    /// Whether a value counts for the middle of its place.
    pub(super) fn is_near(&self, middle: &Middle, value: f32) -> bool {
        middle.bins.contains(&bin(self.scale, value))
    }
}

impl Middle {
    /// The median, out of the values that are near.
    pub(super) fn of(&self, mut near: Vec<f32>) -> f64 {
        near.sort_unstable_by(f32::total_cmp);
        let at = |rank: u64| {
            let place = usize::try_from(rank - self.below).unwrap_or(usize::MAX);
            near.get(place).copied().map_or(0.0, f64::from)
        };
        let (low, high) = (at((self.n - 1) / 2), at(self.n / 2));
        low + (high - low) / 2.0
    }

    /// The median of whole numbers, each of which has a bin of its own; `None` where they do not.
    pub(super) fn of_counts(&self) -> Option<f64> {
        let (first, last) = (*self.bins.start(), *self.bins.end());
        (last + 1 < BINS).then_some((first + last) as f64 / 2.0)
    }
}

fn bin(scale: f32, value: f32) -> usize {
    // What is below 0 falls into the first.
    ((value * scale) as usize).min(BINS - 1)
}

/// The bin of the value with so many before it, and how many are in the bins before.
fn bin_of(counts: &[u32], rank: u64) -> (usize, u64) {
    let mut below = 0;
    for (bin, count) in counts.iter().enumerate() {
        let next = below + u64::from(*count);
        if rank < next {
            return (bin, below);
        }
        below = next;
    }
    (BINS - 1, below)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn median(values: &[f32], scale: f32) -> Option<f64> {
        let mut histograms = Histograms::new(2, scale);
        values.iter().for_each(|value| histograms.add(1, *value));
        let middle = histograms.middle(1)?;
        let near = values.iter().copied();
        let near = near.filter(|value| histograms.is_near(&middle, *value));
        Some(middle.of(near.collect()))
    }

    #[test]
    fn whole_numbers_are_told_by_their_bins() {
        let mut histograms = Histograms::new(1, 1.0);
        [3.0, 4.0, 9.0, 1.0]
            .iter()
            .for_each(|value| histograms.add(0, *value));
        let middle = histograms.middle(0).and_then(|middle| middle.of_counts());
        assert_eq!(middle, Some(3.5));
        assert!(Histograms::new(1, 1.0).middle(0).is_none());
    }

    proptest! {
        #[test]
        fn the_median_is_the_one_that_sorting_finds(
            values in prop::collection::vec(prop_oneof![0.0..100.0_f32, Just(58.5_f32), -3.0..300.0_f32], 1..80),
        ) {
            let mut sorted = values.clone();
            sorted.sort_by(f32::total_cmp);
            let n = sorted.len();
            let (low, high) = (f64::from(sorted[(n - 1) / 2]), f64::from(sorted[n / 2]));
            let expected = low + (high - low) / 2.0;
            prop_assert_eq!(median(&values, 16.0), Some(expected));
        }
    }
}
