//! The 95 % interval of a mean.

use super::{Moments, t_quantile};

/// Mean less and plus `t(n - 1) sd / sqrt(n)` (Student 1908; `scipy.stats.t.interval`). Fewer
/// than two values have no spread: both ends are the mean.
pub fn mean_interval(moments: &Moments) -> [f64; 2] {
    if moments.n < 2 || moments.squares == 0.0 {
        return [moments.mean; 2];
    }
    let half = t_quantile(0.05, (moments.n - 1) as f64) * moments.sd() / (moments.n as f64).sqrt();
    [moments.mean - half, moments.mean + half]
}
