//! Patients drawn by a seed.

use rand::seq::index;

use super::Cohort;
use crate::{Error, simulation::model::stream};

/// The stream of a seed that patients are drawn from: no patient's own, and not that of arrivals.
const STREAM: u64 = u64::MAX;

impl Cohort<'_> {
    /// The numbers of so many patients, or of all where there are fewer: each as likely as any other, the same for the
    /// same seed, in order.
    pub(super) fn draw(&self, count: usize, seed: u64) -> Result<Vec<u32>, Error> {
        let ids = self.ids()?;
        let drawn = index::sample(&mut stream(seed, STREAM), ids.len(), count.min(ids.len()));
        let mut drawn: Vec<u32> = drawn.into_iter().map(|at| ids[at]).collect();
        drawn.sort_unstable();
        Ok(drawn)
    }
}
