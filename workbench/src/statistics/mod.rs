//! Statistics, checked against scipy and R to 1e-6 (`tests/statistics.rs`), those of two samples to 1e-9
//! (`tests/compare.rs`).
//!
//! Each module does one thing and names the source of its formula. Answers that travel to the
//! browser are the plain types of [`crate::plot`]. Nothing here returns NaN or infinity: what
//! cannot be computed is a [`NotMade`], which says why in a sentence. No files, no columns, no
//! plots: those are `plot/`.

mod anderson;
mod anova;
mod distribution;
mod holm;
mod interval;
mod kde;
mod kolmogorov;
mod mann_whitney;
mod moments;
mod ols;
mod pairwise;
mod ratio;
mod sample;
mod shapiro;
mod smirnov;
mod ties;
mod two_samples;
mod welch;

pub use self::{
    anderson::anderson,
    anova::anova,
    distribution::{f_p, normal_upper, t_p, t_quantile},
    holm::holm,
    interval::mean_interval,
    kde::Kde,
    mann_whitney::{MannWhitney, mann_whitney},
    moments::Moments,
    ols::{Line, ols},
    pairwise::pairwise,
    ratio::ratio,
    sample::Sample,
    shapiro::shapiro,
    smirnov::{EXACT, Smirnov, smirnov},
    two_samples::{TwoSamples, two_samples},
    welch::{Welch, cohens_d, difference_interval, welch},
};

/// Why a statistic was not made. Its text is a sentence for the reader of a plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMade {
    /// Fewer values than the formula needs.
    #[error("Not made: it needs at least {needed} values, and there are {have}.")]
    TooFew {
        /// The least it takes.
        needed: usize,
        /// What is there.
        have: usize,
    },
    /// More values than the formula was made for.
    #[error("Not made: it holds for at most {most} values, and there are {have}.")]
    TooMany {
        /// The most it takes.
        most: usize,
        /// What is there.
        have: usize,
    },
    /// All values are equal, so that there is nothing to measure.
    #[error("Not made: all values are equal.")]
    Constant,
    /// The groups do not vary inside, so that there is nothing to compare their means with.
    #[error("Not made: no group varies inside itself.")]
    ConstantGroups,
    /// The values are too large or too small to square.
    #[error("Not made: the values are too large or too small to compute with.")]
    OutOfRange,
}
