//! Some patients as they are, drawn by a seed and not chosen.

use super::{Cohort, Trajectories, Trajectory, VisitAt};
use crate::Error;

impl Cohort<'_> {
    /// So many patients with their visits; all of them where there are fewer.
    ///
    /// # Errors
    /// [`Error::Internal`] where the tables are not a run's.
    pub fn trajectories(&self, count: usize, seed: u64) -> Result<Trajectories, Error> {
        let drawn = self.draw(count, seed)?;
        let parts = self.each(Vec::new, |part: &mut Vec<Trajectory>, life| {
            if drawn.binary_search(&life.patient).is_err() {
                return;
            }
            let visit = |(at, day): (usize, &u16)| VisitAt {
                day: u32::from(*day),
                vision: f64::from(life.letters[at]),
                is_injected: life.is_injected(at),
            };
            part.push(Trajectory {
                patient: life.patient,
                baseline: life.baseline,
                visits: life.days.iter().enumerate().map(visit).collect(),
                stopped: life.stopped.map(|(day, _)| day),
            });
        })?;
        Ok(Trajectories {
            patients: parts.into_iter().flatten().collect(),
            of: self.patients(),
            seed,
        })
    }
}
