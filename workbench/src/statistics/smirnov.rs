//! How far two samples' distributions are apart at most: the two-sample test of Kolmogorov and Smirnov.
//!
//! As `scipy.stats.ks_2samp`: exact up to [`EXACT`] values on the larger side, counted over all ways in which two samples
//! of these sizes may be mixed (Hodges 1958); beyond, the one-sample distribution of `n m / (n + m)` values.

use super::{NotMade, Sample, kolmogorov, ties::ties};

/// Values of the larger side up to which p is exact.
pub const EXACT: usize = 10_000;

/// What the test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smirnov {
    /// The largest distance between the two distributions, 0 to 1.
    pub d: f64,
    /// The value at which they are so far apart.
    pub at: f64,
    /// Whether the first has more of its values at or below that.
    pub is_first_lower: bool,
    /// Two-sided.
    pub p: f64,
    /// Whether p is exact, or asymptotic.
    pub is_exact: bool,
}

/// Compares two distributions.
///
/// # Errors
/// [`NotMade`] where one is empty.
pub fn smirnov(a: &Sample, b: &Sample) -> Result<Smirnov, NotMade> {
    let have = a.len().min(b.len());
    if have == 0 {
        return Err(NotMade::TooFew { needed: 1, have });
    }
    let (n_a, n_b) = (a.len() as i64, b.len() as i64);
    let common = greatest_common_divisor(n_a, n_b);
    let (step_a, step_b) = (n_b / common, n_a / common);
    // The distance in units of 1 / least common multiple: whole numbers, so that equal distances are equal.
    let (mut distance, mut most, mut at) = (0_i64, 0_i64, f64::NAN);
    for tie in ties(a.values(), b.values()) {
        distance += tie.a as i64 * step_a - tie.b as i64 * step_b;
        if distance.abs() > most.abs() || at.is_nan() {
            (most, at) = (distance, tie.value);
        }
    }
    let height = most.abs();
    let d = height as f64 / (n_a * step_a) as f64;
    let is_exact = a.len().max(b.len()) <= EXACT;
    let p = match (height, is_exact) {
        (0, _) => 1.0,
        (_, true) if n_a == n_b => outside_of_square(n_a, height),
        (_, true) => outside(n_a.max(n_b), n_a.min(n_b), common, height),
        (_, false) => {
            let (n_a, n_b) = (n_a as f64, n_b as f64);
            // Halves to the even number, as numpy rounds.
            kolmogorov::upper((n_a * n_b / (n_a + n_b)).round_ties_even(), d)
        }
    };
    Ok(Smirnov {
        d,
        at,
        is_first_lower: most > 0,
        p: p.clamp(0.0, 1.0),
        is_exact,
    })
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    match b {
        0 => a,
        b => greatest_common_divisor(b, a % b),
    }
}

/// Two samples of `n`: the share of paths that leave the band of `height` around the diagonal. Nested, so that
/// nothing is lost where large terms cancel.
fn outside_of_square(n: i64, height: i64) -> f64 {
    let mut p = 0.0;
    for k in (0..=n / height).rev() {
        let away = k * height;
        let factor = (0..height).fold(1.0, |factor, j| {
            (n - away - j) as f64 * factor / (n + away + j + 1) as f64
        });
        p = factor * (1.0 - p);
    }
    2.0 * p
}

/// Samples of `m` and `n`, `m` the larger: the share of paths from (0, 0) to (m, n) that touch `|x n - y m| >= height * common`,
/// column by column. A path came to (x, y) from the left in x of x + y cases. Time is m times the band's width.
fn outside(m: i64, n: i64, common: i64, height: i64) -> f64 {
    let (m_step, n_step) = (m / common, n / common);
    // The first and one past the last y inside the band.
    let inside = |x: i64| {
        let first = (x * n_step - height).div_euclid(m_step) + 1;
        let end = (x * n_step + height - 1).div_euclid(m_step) + 1;
        (first.clamp(0, n + 1), end.clamp(0, n + 1))
    };
    let shares: Vec<f64> = (0..=m + n).map(|steps| 1.0 / steps as f64).collect();
    let mut column = vec![1.0; n as usize + 1];
    let (mut first, end) = inside(0);
    column[first as usize..end as usize].fill(0.0);
    for x in 1..=m {
        let (next, end) = inside(x);
        column[first as usize..next as usize].fill(1.0);
        let mut below = if next == 0 { 0.0 } else { 1.0 };
        for y in next..end {
            let place = &mut column[y as usize];
            below = (*place * x as f64 + below * y as f64) * shares[(x + y) as usize];
            *place = below;
        }
        first = next;
    }
    column[n as usize]
}
