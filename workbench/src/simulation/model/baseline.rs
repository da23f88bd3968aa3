//! Vision before the first visit, in whole letters.

use rand::{Rng, distr::Distribution};
use rand_distr::{Beta, Normal};

use super::random::Random;
use crate::simulation::protocol;

/// A distribution that can be drawn from.
#[derive(Debug, Clone)]
pub(super) enum Baseline {
    Normal {
        letters: Normal<f64>,
        range: [u8; 2],
    },
    BetaWithThreshold {
        shares: Beta<f64>,
        range: [u8; 2],
        threshold: f64,
        reduction: f64,
    },
    Uniform {
        range: [u8; 2],
    },
}

impl Baseline {
    /// An error in words where a distribution has no such parameters; a protocol's have.
    pub(super) fn of(baseline: &protocol::Baseline) -> Result<Self, String> {
        Ok(match *baseline {
            protocol::Baseline::Normal { mean, sd, range } => Self::Normal {
                letters: Normal::new(mean, sd).map_err(|error| error.to_string())?,
                range,
            },
            protocol::Baseline::BetaWithThreshold {
                a,
                b,
                range,
                threshold,
                reduction,
            } => Self::BetaWithThreshold {
                shares: Beta::new(a, b).map_err(|error| error.to_string())?,
                range,
                threshold,
                reduction,
            },
            protocol::Baseline::Uniform { range } => Self::Uniform { range },
        })
    }

    /// Letters, whole.
    pub(super) fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Self::Normal { letters, range } => {
                let [least, most] = range.map(f64::from);
                letters.sample(random).trunc().clamp(least, most)
            }
            Self::BetaWithThreshold {
                shares,
                range,
                threshold,
                reduction,
            } => {
                let [least, most] = range.map(f64::from);
                // What is above the threshold is thrown away with the chance `reduction` and drawn again: so the density
                // there is less by that share, and the whole brought back to 1.
                loop {
                    let letters = least + (most - least) * shares.sample(random);
                    if letters <= *threshold || random.random::<f64>() >= *reduction {
                        return letters.round();
                    }
                }
            }
            Self::Uniform {
                range: [least, most],
            } => f64::from(random.random_range(*least..=*most)),
        }
    }
}
