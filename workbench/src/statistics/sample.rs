//! Values in order: sorted once, asked many things.
//!
//! Owns quantiles and the description of a column. Tests of normality and densities take a
//! [`Sample`], because they need the same order.

use super::Moments;
use crate::plot::Description;

/// Finite values in ascending order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    sorted: Vec<f64>,
}

impl Sample {
    /// Sorts the values. What is not finite is dropped: it is a missing value.
    pub fn new(mut values: Vec<f64>) -> Self {
        values.retain(|value| value.is_finite());
        values.sort_unstable_by(f64::total_cmp);
        Self { sorted: values }
    }

    /// The values, ascending.
    pub fn values(&self) -> &[f64] {
        &self.sorted
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Smallest and largest.
    pub fn range(&self) -> Option<[f64; 2]> {
        Some([*self.sorted.first()?, *self.sorted.last()?])
    }

    /// Quantile of type 7 (Hyndman & Fan 1996; the default of R and numpy): linear between the
    /// two values around place `(n - 1) q`. `q` in 0..=1.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let last = self.sorted.len().checked_sub(1)?;
        let place = q.clamp(0.0, 1.0) * last as f64;
        let below = place.floor() as usize;
        let share = place - place.floor();
        let low = self.sorted[below];
        let high = self.sorted[(below + 1).min(last)];
        // Not `low + share * (high - low)`: that difference may overflow.
        Some(if share == 0.0 {
            low
        } else {
            low * (1.0 - share) + high * share
        })
    }

    /// Third less first quartile.
    pub fn interquartile_range(&self) -> Option<f64> {
        Some(self.quantile(0.75)? - self.quantile(0.25)?)
    }

    /// All that is said of a column; `missing` cells are only passed on. `None` without values.
    ///
    /// Skewness is `m3 / m2^1.5` and excess kurtosis `m4 / m2^2 - 3` over central moments divided
    /// by n (`scipy.stats.skew`, `scipy.stats.kurtosis`, `bias=True`). Where the values are all
    /// equal, so that scipy says NaN, both are 0; the sd of one value is 0 too.
    pub fn describe(&self, missing: u64) -> Option<Description> {
        let [min, max] = self.range()?;
        let moments = Moments::of(&self.sorted);
        let shape = moments.shape(&self.sorted);
        Some(Description {
            n: moments.n,
            missing,
            mean: moments.mean,
            median: self.quantile(0.5)?,
            sd: moments.sd(),
            variance: moments.variance(),
            min,
            max,
            skewness: shape[0],
            kurtosis: shape[1],
            q25: self.quantile(0.25)?,
            q75: self.quantile(0.75)?,
        })
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self::new(values.into_iter().collect())
    }
}
