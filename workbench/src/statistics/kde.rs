//! Gaussian kernel density.
//!
//! Silverman, Density Estimation (1986); bandwidths as `scipy.stats.gaussian_kde`: the kernel's
//! standard deviation is the sample's (n - 1) times Scott's n^(-1/5) or Silverman's
//! (3 n / 4)^(-1/5). A manual bandwidth is that standard deviation itself.

use std::f64::consts::PI;

use super::{Moments, NotMade, Sample};
use crate::plot::Bandwidth;

/// Values closer than bandwidth / 400 count as one in their mean. The error is below
/// (1/400)^2 / 24 = 2.6e-7 of the peak, and a million values become some ten thousand.
const CELLS_A_BANDWIDTH: f64 = 400.0;

/// Bandwidths to either side that are summed; a kernel beyond adds less than 3e-18 of its peak.
const REACH: f64 = 9.0;

/// A density that can be asked anywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Kde {
    bandwidth: f64,
    n: f64,
    /// Mean of the values in a cell and their number, ascending.
    cells: Vec<(f64, f64)>,
}

impl Kde {
    /// The density of a sample of at least two different values.
    pub fn new(sample: &Sample, rule: Bandwidth) -> Result<Self, NotMade> {
        let have = sample.len();
        if have < 2 {
            return Err(NotMade::TooFew { needed: 2, have });
        }
        let moments = Moments::of(sample.values());
        if moments.is_constant() {
            return Err(NotMade::Constant);
        }
        let n = have as f64;
        let bandwidth = match rule {
            Bandwidth::Scott => moments.sd() * n.powf(-0.2),
            Bandwidth::Silverman => moments.sd() * (n * 0.75).powf(-0.2),
            Bandwidth::Manual(value) => value,
        };
        if !(bandwidth.is_finite() && bandwidth > 0.0) {
            return Err(NotMade::OutOfRange);
        }
        Ok(Self {
            bandwidth,
            n,
            cells: gather(sample.values(), bandwidth / CELLS_A_BANDWIDTH),
        })
    }

    /// Standard deviation of the kernel, in the values' unit.
    pub fn bandwidth(&self) -> f64 {
        self.bandwidth
    }

    /// Density at x, in 1 / unit.
    pub fn at(&self, x: f64) -> f64 {
        let reach = REACH * self.bandwidth;
        let first = self.cells.partition_point(|cell| cell.0 < x - reach);
        let sum: f64 = self.cells[first..]
            .iter()
            .take_while(|cell| cell.0 <= x + reach)
            .map(|&(value, count)| {
                let z = (x - value) / self.bandwidth;
                count * (-0.5 * z * z).exp()
            })
            .sum();
        sum / (self.n * self.bandwidth * (2.0 * PI).sqrt())
    }

    /// `places` even places from `low` to `high`, each with its density.
    pub fn curve(&self, low: f64, high: f64, places: usize) -> Vec<[f64; 2]> {
        let step = (high - low) / places.saturating_sub(1).max(1) as f64;
        (0..places)
            .map(|i| low + step * i as f64)
            .map(|x| [x, self.at(x)])
            .collect()
    }
}

/// Runs of ascending values not wider than `width`, as (mean, count). Memory is bounded by the
/// sample; a cell starts at a value, so that values far apart stay exact.
fn gather(sorted: &[f64], width: f64) -> Vec<(f64, f64)> {
    sorted
        .chunk_by({
            let mut start = f64::NEG_INFINITY;
            move |&before, &value| {
                if start == f64::NEG_INFINITY {
                    start = before;
                }
                let is_near = value - start <= width;
                if !is_near {
                    start = value;
                }
                is_near
            }
        })
        .map(|cell| {
            let rest: f64 = cell.iter().map(|value| value - cell[0]).sum();
            (cell[0] + rest / cell.len() as f64, cell.len() as f64)
        })
        .collect()
}
