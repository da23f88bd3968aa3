//! Days between two visits that took place, and gaps.

use super::{
    Cohort, Intervals,
    mean::{Sum, join},
    time::year_end,
};
use crate::{Error, simulation::outcomes::bin};

/// Longer than so many days is a gap that a patient is counted for.
const GAP: u32 = 180;

struct Part {
    bins: [u64; 7],
    days: Sum,
    years: Vec<Sum>,
    with_gap: u64,
    unseen: u64,
}

impl Cohort<'_> {
    /// The intervals of all patients.
    ///
    /// # Errors
    /// [`Error::Internal`] where the tables are not a run's.
    pub fn intervals(&self) -> Result<Intervals, Error> {
        let ends: Vec<u32> = (1..)
            .map(year_end)
            .take_while(|end| *end < self.days)
            .collect();
        let new = || Part {
            bins: [0; 7],
            days: Sum::default(),
            years: vec![Sum::default(); ends.len() + 1],
            with_gap: 0,
            unseen: 0,
        };
        let parts = self.each(new, |part, life| {
            let mut longest = 0;
            for pair in life.days.windows(2) {
                let days = u32::from(pair[1] - pair[0]);
                let year = ends.partition_point(|end| *end < u32::from(pair[1]));
                longest = longest.max(days);
                part.bins[bin(days)] += 1;
                part.days.add(f64::from(days));
                part.years[year].add(f64::from(days));
            }
            let last = life.days.last().map_or(0, |day| u32::from(*day));
            part.with_gap += u64::from(longest > GAP);
            part.unseen += u64::from(life.followed.saturating_sub(last) > GAP);
        })?;
        Ok(Intervals {
            bins: std::array::from_fn(|bin| parts.iter().map(|part| part.bins[bin]).sum()),
            days: join(&parts, |part| &part.days),
            years: (0..=ends.len())
                .map(|year| join(&parts, |part| &part.years[year]))
                .collect(),
            with_gap: parts.iter().map(|part| part.with_gap).sum(),
            unseen: parts.iter().map(|part| part.unseen).sum(),
            patients: self.patients(),
        })
    }
}
