//! Two samples, whatever they are of: the difference of their means, three tests and two sizes of effect.

use super::{
    MannWhitney, Moments, NotMade, Sample, Smirnov, Welch, cohens_d, difference_interval,
    mann_whitney, smirnov, welch,
};

/// All that is said of two samples: the first against the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoSamples {
    /// Of the means, the first less the second.
    pub difference: f64,
    /// 1.96 standard errors to either side.
    pub interval: [f64; 2],
    /// Of the means.
    pub welch: Result<Welch, NotMade>,
    /// Of the ranks, with Cliff's delta.
    pub mann_whitney: Result<MannWhitney, NotMade>,
    /// Of the whole distributions.
    pub smirnov: Result<Smirnov, NotMade>,
    /// The difference in standard deviations.
    pub cohens_d: Result<f64, NotMade>,
}

/// Compares two samples. Every value counts; time is linear in their number, as they are sorted already.
pub fn two_samples(a: &Sample, b: &Sample) -> TwoSamples {
    let (of_a, of_b) = (Moments::of(a.values()), Moments::of(b.values()));
    let (difference, interval) = difference_interval(&of_a, &of_b);
    TwoSamples {
        difference,
        interval,
        welch: welch(&of_a, &of_b),
        mann_whitney: mann_whitney(a, b),
        smirnov: smirnov(a, b),
        cohens_d: cohens_d(&of_a, &of_b),
    }
}
