//! Mean and sum of squares: what t, F and the intervals are made of.
//!
//! Corrected two-pass algorithm (Chan, Golub & LeVeque 1983): an offset of 1e9 costs no digits.

/// Count, mean, and sum of squared differences from the mean.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    /// Values.
    pub n: u64,
    /// Mean.
    pub mean: f64,
    /// Sum of squared differences from the mean.
    pub squares: f64,
}

impl Moments {
    /// Of finite values.
    pub fn of(values: &[f64]) -> Self {
        let Some(&pivot) = values.first() else {
            return Self::default();
        };
        let n = values.len() as f64;
        // Around the first value, so that neither a large offset nor a long sum costs digits.
        let rough = pivot + values.iter().map(|v| (v - pivot) / n).sum::<f64>();
        let (mut squares, mut rest, mut lost) = (0.0, 0.0_f64, 0.0);
        for value in values {
            let difference = value - rough;
            squares += difference * difference;
            // What an addition loses is kept (Neumaier 1974): in ascending order sums go far from 0 and come back.
            let next = rest + difference;
            lost += if rest.abs() >= difference.abs() {
                (rest - next) + difference
            } else {
                (difference - next) + rest
            };
            rest = next;
        }
        rest += lost;
        Self {
            n: values.len() as u64,
            mean: rough + rest / n,
            squares: (squares - rest * rest / n).max(0.0),
        }
    }

    /// Variance (n - 1); 0 for fewer than two values.
    pub fn variance(&self) -> f64 {
        if self.n < 2 {
            0.0
        } else {
            self.squares / (self.n - 1) as f64
        }
    }

    /// Standard deviation (n - 1); 0 for fewer than two values.
    pub fn sd(&self) -> f64 {
        self.variance().sqrt()
    }

    /// Whether the values do not vary beyond the rounding of their mean (the rule of
    /// `scipy.stats.skew`).
    pub fn is_constant(&self) -> bool {
        let rounding = f64::EPSILON * self.mean;
        self.n < 2 || self.squares / self.n as f64 <= rounding * rounding
    }

    /// Biased skewness and excess kurtosis of the values this was made of; zeros if constant.
    pub(super) fn shape(&self, values: &[f64]) -> [f64; 2] {
        if self.is_constant() {
            return [0.0, 0.0];
        }
        let n = values.len() as f64;
        let scale = (self.squares / n).sqrt();
        let (mut third, mut fourth) = (0.0, 0.0);
        for value in values {
            let z = (value - self.mean) / scale;
            third += z * z * z;
            fourth += z * z * z * z;
        }
        [third / n, fourth / n - 3.0]
    }
}
