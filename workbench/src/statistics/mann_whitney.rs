//! Which of two samples tends to be higher: Mann-Whitney's U, and Cliff's delta.
//!
//! p by the normal approximation, corrected for ties and for continuity, as
//! `scipy.stats.mannwhitneyu(method="asymptotic")` (Mann & Whitney 1947). Delta is `2 U / (n m) - 1` (Cliff 1993): the
//! share of pairs in which the first is higher less the share in which it is lower. One walk over both samples.

use super::{NotMade, Sample, normal_upper, ties::ties};

/// What Mann and Whitney's test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannWhitney {
    /// Of the first sample: pairs in which its value is higher, and half of those that are equal.
    pub u: f64,
    /// Two-sided.
    pub p: f64,
    /// Cliff's delta, -1 to 1: positive where the first is higher more often.
    pub delta: f64,
}

/// Compares two samples by the order of their values.
///
/// # Errors
/// [`NotMade`] where one is empty, or all values are equal.
pub fn mann_whitney(a: &Sample, b: &Sample) -> Result<MannWhitney, NotMade> {
    let have = a.len().min(b.len());
    if have == 0 {
        return Err(NotMade::TooFew { needed: 1, have });
    }
    // Whole numbers until the end: of a million values each, nothing is lost.
    let (mut twice_u, mut below, mut tied) = (0_u128, 0_u64, 0_u128);
    for tie in ties(a.values(), b.values()) {
        twice_u += u128::from(tie.a) * u128::from(2 * below + tie.b);
        below += tie.b;
        let equal = u128::from(tie.a + tie.b);
        tied += equal * equal * equal - equal;
    }
    let (n_a, n_b) = (a.len() as f64, b.len() as f64);
    let (n, pairs) = (n_a + n_b, n_a * n_b);
    let variance = pairs / 12.0 * ((n + 1.0) - tied as f64 / (n * (n - 1.0)));
    if variance <= 0.0 {
        return Err(NotMade::Constant);
    }
    let u = twice_u as f64 / 2.0;
    let z = (u.max(pairs - u) - pairs / 2.0 - 0.5) / variance.sqrt();
    Ok(MannWhitney {
        u,
        p: (2.0 * normal_upper(z)).min(1.0),
        delta: 2.0 * u / pairs - 1.0,
    })
}
