//! Means and quantiles, put together out of parts.

use crate::simulation::outcomes::Measure;

/// Letters and counts are near it: sums of squares around it cost no digits.
const PIVOT: f64 = 50.0;

/// A mean in the making.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    n: u64,
    sum: f64,
    squares: f64,
}

impl Sum {
    pub(super) fn add(&mut self, value: f64) {
        let value = value - PIVOT;
        self.n += 1;
        self.sum += value;
        self.squares += value * value;
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    pub(super) fn measure(&self) -> Measure {
        let n = self.n as f64;
        let rest = (self.squares - self.sum * self.sum / n.max(1.0)).max(0.0);
        Measure {
            n: self.n,
            mean: match self.n {
                0 => 0.0,
                _ => PIVOT + self.sum / n,
            },
            sd: match self.n {
                0 | 1 => 0.0,
                _ => (rest / (n - 1.0)).sqrt(),
            },
        }
    }
}

/// The same place of all parts together.
pub(super) fn join<T>(parts: &[T], of: impl Fn(&T) -> &Sum) -> Measure {
    let mut all = Sum::default();
    for part in parts {
        all.join(of(part));
    }
    all.measure()
}

/// A quantile of sorted values, with what is between two taken in proportion (type 7 of Hyndman & Fan 1996).
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let place = share * last as f64;
    let below = place.floor();
    let (low, high) = (sorted[below as usize], sorted[place.ceil() as usize]);
    low + (high - low) * (place - below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_give_what_the_whole_gives() {
        let values = [3.0, 90.5, 41.25, 66.0, 12.0];
        let mut parts = [Sum::default(); 2];
        for (at, value) in values.iter().enumerate() {
            parts[at % 2].add(*value);
        }
        let measure = join(&parts, |part| part);
        assert_eq!(measure.n, 5);
        assert!((measure.mean - 42.55).abs() < 1e-12);
        let squares: f64 = values.iter().map(|value| (value - 42.55_f64).powi(2)).sum();
        assert!((measure.sd - (squares / 4.0).sqrt()).abs() < 1e-9);
        assert_eq!(join(&[] as &[Sum], |part| part), Measure::default());
    }

    #[test]
    fn quantiles_lie_between_values() {
        let sorted = [10.0, 20.0, 30.0, 40.0];
        assert_eq!(quantile(&sorted, 0.5), 25.0);
        assert_eq!(quantile(&sorted, 0.1), 13.0);
        assert_eq!(quantile(&[7.0], 0.9), 7.0);
    }
}
