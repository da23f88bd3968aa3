//! Anderson-Darling test of normality, mean and variance estimated.
//!
//! A2 as `scipy.stats.anderson`; p by Stephens in D'Agostino & Stephens, Goodness-of-Fit
//! Techniques (1986), table 4.9, on A2 (1 + 0.75 / n + 2.25 / n^2).

use super::{Moments, NotMade, Sample, distribution::ln_normal_tails};

/// The formula for p holds from here.
const MIN: usize = 8;

/// The formula for p ends here; further out its value here is an upper bound.
const LAST: f64 = 13.0;

/// A2 and p.
pub fn anderson(sample: &Sample) -> Result<[f64; 2], NotMade> {
    let have = sample.len();
    if have < MIN {
        return Err(NotMade::TooFew { needed: MIN, have });
    }
    let moments = Moments::of(sample.values());
    if moments.is_constant() {
        return Err(NotMade::Constant);
    }
    let (n, sd) = (have as f64, moments.sd());
    let sum: f64 = sample
        .values()
        .iter()
        .enumerate()
        .map(|(i, value)| {
            // Both tails of one value at once: value i is also the (n - i)th from the other end.
            let [lower, upper] = ln_normal_tails((value - moments.mean) / sd);
            let below = 2.0 * i as f64 + 1.0;
            // n is taken away value by value, so that a million of them cost no digits.
            1.0 + (below * lower + (2.0 * n - below) * upper) / n
        })
        .sum();
    let a2 = -sum;
    if a2.is_finite() {
        Ok([a2, p_value(a2, n)])
    } else {
        Err(NotMade::OutOfRange)
    }
}

fn p_value(a2: f64, n: f64) -> f64 {
    let a = (a2 * (1.0 + 0.75 / n + 2.25 / (n * n))).min(LAST);
    if a < 0.2 {
        1.0 - (-13.436 + 101.14 * a - 223.73 * a * a).exp()
    } else if a < 0.34 {
        1.0 - (-8.318 + 42.796 * a - 59.938 * a * a).exp()
    } else if a < 0.6 {
        (0.9177 - 4.279 * a - 1.38 * a * a).exp()
    } else {
        (1.2937 - 5.709 * a + 0.0186 * a * a).exp()
    }
}
