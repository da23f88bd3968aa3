//! Vision: month by month, and from baseline to the last visit.

use super::{
    BaselineBin, CHANGES, Cohort, Sight, Step, Vision, VisionAt,
    mean::{Sum, join, quantile},
};
use crate::Error;

/// Letters of a bin of baselines.
const LETTERS: f64 = 5.0;
/// Bins of baselines: 0 to 100 letters, the last with 100.
const BINS: usize = 20;

#[derive(Clone, Default)]
struct Month {
    all: Sum,
    still_treated: Sum,
}

impl Cohort<'_> {
    /// Mean vision month by month. Month 0 is before the first visit; from then on the last visit counts.
    ///
    /// # Errors
    /// [`Error::Internal`] where the tables are not a run's.
    pub fn vision(&self) -> Result<Vision, Error> {
        let days = Step::Month.days(self.days);
        let parts = self.each(
            || vec![Month::default(); days.len()],
            |months, life| {
                for (at, day, visits) in life.at(&days) {
                    let seen = match (at, visits.checked_sub(1)) {
                        (0, _) | (_, None) => life.baseline,
                        (_, Some(visit)) => f64::from(life.letters[visit]),
                    };
                    months[at].all.add(seen);
                    if at == 0 || !life.has_stopped(day) {
                        months[at].still_treated.add(seen);
                    }
                }
            },
        )?;
        let months = (0..days.len()).map(|at| VisionAt {
            month: at as u32,
            all: join(&parts, |part| &part[at].all),
            still_treated: join(&parts, |part| &part[at].still_treated),
        });
        Ok(Vision {
            months: months.take_while(|month| month.all.n > 0).collect(),
        })
    }

    /// Vision before and after; of so many patients, drawn by a seed, both as they are.
    ///
    /// # Errors
    /// [`Error::Internal`] where the tables are not a run's.
    pub fn sight(&self, count: usize, seed: u64) -> Result<Sight, Error> {
        #[derive(Default)]
        struct Part {
            last: [Vec<f64>; BINS],
            drawn: Vec<[f64; 2]>,
            changes: [[u64; 14]; 2],
            change: [Sum; 2],
        }
        let drawn = self.draw(count, seed)?;
        let mut parts = self.each(Part::default, |part, life| {
            let (baseline, last) = (life.baseline, life.last());
            let change = last - baseline;
            part.last[((baseline / LETTERS) as usize).min(BINS - 1)].push(last);
            if drawn.binary_search(&life.patient).is_ok() {
                part.drawn.push([baseline, last]);
            }
            let bin = CHANGES.partition_point(|from| *from <= change);
            let populations = if life.stopped.is_none() { 2 } else { 1 };
            for population in 0..populations {
                part.changes[population][bin] += 1;
                part.change[population].add(change);
            }
        })?;
        let changes = |population: usize| {
            std::array::from_fn(|bin| parts.iter().map(|part| part.changes[population][bin]).sum())
        };
        let (changes, changes_still_treated) = (changes(0), changes(1));
        let bins = (0..BINS).filter_map(|bin| {
            let last = parts
                .iter_mut()
                .flat_map(|part| std::mem::take(&mut part.last[bin]));
            let mut last: Vec<f64> = last.collect();
            last.sort_unstable_by(f64::total_cmp);
            (!last.is_empty()).then(|| BaselineBin {
                from: bin as u32 * LETTERS as u32,
                n: last.len() as u64,
                last: [0.1, 0.5, 0.9].map(|share| quantile(&last, share)),
            })
        });
        Ok(Sight {
            bins: bins.collect(),
            changes,
            changes_still_treated,
            change: join(&parts, |part| &part.change[0]),
            change_still_treated: join(&parts, |part| &part.change[1]),
            drawn: parts.into_iter().flat_map(|part| part.drawn).collect(),
        })
    }
}
