//! Mean, spread, range and missing cells of a column, gathered chunk by chunk.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    buffer::NullBuffer,
    datatypes::{DataType, Float64Type, Int64Type},
};

/// Running statistics of one column. Chunks are merged in row order, so the numbers do not depend
/// on how many cores worked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stats {
    pub(crate) missing: u64,
    count: u64,
    mean: f64,
    /// Sum of squared distances from the mean.
    spread: f64,
    min: f64,
    max: f64,
}

impl Default for Stats {
    fn default() -> Self {
        Self {
            missing: 0,
            count: 0,
            mean: 0.0,
            spread: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl Stats {
    /// Of one chunk; numbers that are not finite count as neither value nor missing.
    pub(crate) fn of(column: &ArrayRef) -> Self {
        let nulls = column.nulls();
        let mut stats = match column.data_type() {
            DataType::Float64 => {
                let values = column.as_primitive::<Float64Type>().values();
                Self::numbers(values.iter().copied(), nulls)
            }
            DataType::Int64 => {
                let values = column.as_primitive::<Int64Type>().values();
                Self::numbers(values.iter().map(|value| *value as f64), nulls)
            }
            _ => Self::default(),
        };
        stats.missing = column.null_count() as u64;
        stats
    }

    /// One pass over the distances from the first value: subtracting it first keeps the digits that
    /// squares of large values would lose.
    fn numbers(values: impl Iterator<Item = f64>, nulls: Option<&NullBuffer>) -> Self {
        let mut sums = Sums::default();
        match nulls.filter(|nulls| nulls.null_count() > 0) {
            None => values.for_each(|value| sums.add(value)),
            Some(nulls) => {
                let known = values.zip(nulls).filter(|(_, is_known)| *is_known);
                known.for_each(|(value, _)| sums.add(value));
            }
        }
        if sums.count == 0 {
            return Self::default();
        }
        let mean = sums.sum / sums.count as f64;
        Self {
            missing: 0,
            count: sums.count,
            mean: sums.first + mean,
            spread: (sums.squares - sums.sum * mean).max(0.0),
            min: sums.min,
            max: sums.max,
        }
    }

    /// Together with the next chunk (Chan, Golub, LeVeque: Updating formulae, 1979).
    pub(crate) fn merge(&mut self, next: &Self) {
        self.missing += next.missing;
        if next.count == 0 {
            return;
        }
        let (mine, theirs) = (self.count as f64, next.count as f64);
        let (count, delta) = (mine + theirs, next.mean - self.mean);
        self.mean += delta * theirs / count;
        self.spread += next.spread + delta * delta * mine * theirs / count;
        self.count += next.count;
        self.min = self.min.min(next.min);
        self.max = self.max.max(next.max);
    }

    pub(crate) fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Standard deviation with n - 1.
    pub(crate) fn sd(&self) -> Option<f64> {
        (self.count > 1).then(|| (self.spread / (self.count - 1) as f64).sqrt())
    }

    pub(crate) fn range(&self) -> Option<[f64; 2]> {
        (self.count > 0).then_some([self.min, self.max])
    }
}

/// Sums of distances from the first value.
struct Sums {
    first: f64,
    count: u64,
    sum: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            first: 0.0,
            count: 0,
            sum: 0.0,
            squares: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl Sums {
    fn add(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        if self.count == 0 {
            self.first = value;
        }
        let distance = value - self.first;
        self.count += 1;
        self.sum += distance;
        self.squares += distance * distance;
        self.min = if value < self.min { value } else { self.min };
        self.max = if value > self.max { value } else { self.max };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Float64Array;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn chunks_give_what_the_whole_gives(
            values in proptest::collection::vec(proptest::option::of(-1e6..1e6), 0..60),
            cut in 0_usize..60,
        ) {
            let whole: ArrayRef = Arc::new(Float64Array::from(values.clone()));
            let cut = cut.min(values.len());
            let mut merged = Stats::of(&whole.slice(0, cut));
            merged.merge(&Stats::of(&whole.slice(cut, values.len() - cut)));
            let whole = Stats::of(&whole);
            let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
                (a, b) => a == b,
            };
            prop_assert!(near(merged.mean(), whole.mean()) && near(merged.sd(), whole.sd()));
            prop_assert_eq!((merged.missing, merged.range()), (whole.missing, whole.range()));
        }
    }

    #[test]
    fn the_deviation_divides_by_n_less_one() {
        let column: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(3.0)]));
        let stats = Stats::of(&column);
        assert_eq!(
            (stats.mean(), stats.sd(), stats.missing),
            (Some(2.0), Some(2.0_f64.sqrt()), 1)
        );
        assert_eq!(Stats::of(&column.slice(0, 1)).sd(), None);
    }
}
