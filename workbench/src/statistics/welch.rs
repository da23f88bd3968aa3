//! Two means whose variances may differ: Welch's t, and Cohen's d.
//!
//! t, degrees of freedom and p as `scipy.stats.ttest_ind(equal_var=False)` (Welch 1947; Satterthwaite 1946). d is the
//! difference over the pooled standard deviation (Cohen 1988, 2.2), as in `pairwise.rs`.

use super::{Moments, NotMade, t_p};

/// What Welch's test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Welch {
    /// The difference of the means, the first less the second, in its standard errors.
    pub t: f64,
    /// Degrees of freedom.
    pub freedom: f64,
    /// Two-sided.
    pub p: f64,
}

/// Compares two means.
///
/// # Errors
/// [`NotMade`] where a side has fewer than two values, or neither varies.
pub fn welch(a: &Moments, b: &Moments) -> Result<Welch, NotMade> {
    at_least_two(a, b)?;
    let [of_a, of_b] = [a, b].map(|side| side.variance() / side.n as f64);
    let square = of_a + of_b;
    let t = (a.mean - b.mean) / square.sqrt();
    let freedom =
        square * square / (of_a * of_a / (a.n - 1) as f64 + of_b * of_b / (b.n - 1) as f64);
    if !t.is_finite() || !freedom.is_finite() {
        return Err(NotMade::OutOfRange);
    }
    Ok(Welch {
        t,
        freedom,
        p: t_p(t, freedom),
    })
}

/// The difference of two means, the first less the second, in pooled standard deviations.
///
/// # Errors
/// As [`welch`].
pub fn cohens_d(a: &Moments, b: &Moments) -> Result<f64, NotMade> {
    at_least_two(a, b)?;
    let pooled = (a.squares + b.squares) / (a.n + b.n - 2) as f64;
    let d = (a.mean - b.mean) / pooled.sqrt();
    d.is_finite().then_some(d).ok_or(NotMade::OutOfRange)
}

/// The difference of two means, the first less the second, and 1.96 of its standard errors to either side.
pub fn difference_interval(a: &Moments, b: &Moments) -> (f64, [f64; 2]) {
    let error = |side: &Moments| side.variance() / side.n.max(1) as f64;
    let half = 1.96 * (error(a) + error(b)).sqrt();
    let difference = a.mean - b.mean;
    (difference, [difference - half, difference + half])
}

fn at_least_two(a: &Moments, b: &Moments) -> Result<(), NotMade> {
    let have = a.n.min(b.n) as usize;
    if have < 2 {
        return Err(NotMade::TooFew { needed: 2, have });
    }
    if a.is_constant() && b.is_constant() {
        return Err(NotMade::ConstantGroups);
    }
    Ok(())
}
