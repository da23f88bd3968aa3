//! Every pair of groups: Student's t, Bonferroni, Cohen's d.
//!
//! t and p as `scipy.stats.ttest_ind` (variance pooled over the two groups compared, not over
//! all as R's `pairwise.t.test`); d is the difference over that pooled sd (Cohen 1988, 2.2).

use super::{Moments, t_p};
use crate::plot::Pairwise;

/// All pairs in order, each p multiplied by the number of pairs. A pair that cannot be compared
/// (one value each, or no spread in either) is left out and not counted.
pub fn pairwise(groups: &[(String, Moments)]) -> Vec<Pairwise> {
    let mut pairs: Vec<Pairwise> = groups
        .iter()
        .enumerate()
        .flat_map(|(i, a)| groups[i + 1..].iter().filter_map(move |b| compare(a, b)))
        .collect();
    let count = pairs.len() as f64;
    for pair in &mut pairs {
        pair.p_adjusted = (pair.p * count).min(1.0);
    }
    pairs
}

fn compare((a, of_a): &(String, Moments), (b, of_b): &(String, Moments)) -> Option<Pairwise> {
    let (n_a, n_b) = (of_a.n as f64, of_b.n as f64);
    let freedom = n_a + n_b - 2.0;
    if of_a.n == 0 || of_b.n == 0 || freedom < 1.0 || (of_a.is_constant() && of_b.is_constant()) {
        return None;
    }
    let pooled = (of_a.squares + of_b.squares) / freedom;
    let difference = of_a.mean - of_b.mean;
    let t = difference / (pooled * (1.0 / n_a + 1.0 / n_b)).sqrt();
    let d = difference / pooled.sqrt();
    (t.is_finite() && d.is_finite()).then(|| Pairwise {
        a: a.clone(),
        b: b.clone(),
        difference,
        t,
        p: t_p(t, freedom),
        p_adjusted: 1.0,
        d,
    })
}
