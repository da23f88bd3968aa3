//! One-way analysis of variance.
//!
//! Fisher 1925; F and p as `scipy.stats.f_oneway`. Eta squared is SS between / SS total
//! (Cohen 1988). The pairs are `pairwise.rs`.

use super::{Moments, NotMade, f_p, pairwise};
use crate::plot::Anova;

/// Compares the means of named groups. Empty groups are no groups.
pub fn anova(groups: &[(String, Moments)]) -> Result<Anova, NotMade> {
    let groups: Vec<_> = groups.iter().filter(|(_, g)| g.n > 0).cloned().collect();
    if groups.len() < 2 {
        return Err(NotMade::TooFew {
            needed: 2,
            have: groups.len(),
        });
    }
    let n: u64 = groups.iter().map(|(_, g)| g.n).sum();
    let between = (groups.len() - 1) as f64;
    let within = n as f64 - groups.len() as f64;
    if within < 1.0 {
        return Err(NotMade::ConstantGroups);
    }
    // Around the first mean, so that a large offset costs no digits.
    let pivot = groups[0].1.mean;
    let grand = groups
        .iter()
        .map(|(_, g)| (g.mean - pivot) * (g.n as f64 / n as f64))
        .sum::<f64>();
    let ss_between: f64 = groups
        .iter()
        .map(|(_, g)| g.n as f64 * (g.mean - pivot - grand).powi(2))
        .sum();
    let ss_within: f64 = groups.iter().map(|(_, g)| g.squares).sum();
    if groups.iter().all(|(_, g)| g.is_constant()) {
        return Err(NotMade::ConstantGroups);
    }
    let ms = [ss_between / between, ss_within / within];
    let f = ms[0] / ms[1];
    if !f.is_finite() {
        return Err(NotMade::OutOfRange);
    }
    Ok(Anova {
        f,
        p: f_p(f, between, within),
        df: [between, within],
        ss: [ss_between, ss_within],
        ms,
        eta_squared: ss_between / (ss_between + ss_within),
        pairwise: pairwise(&groups),
    })
}
