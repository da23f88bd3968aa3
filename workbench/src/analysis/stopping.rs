//! Who stopped, when and why.

use super::{Cohort, REASONS, Step, Stopping, StoppingAt};
use crate::Error;

#[derive(Clone, Default)]
struct Part {
    /// By month: who is followed for so long, and who had stopped, by reason.
    months: Vec<(u64, [u64; REASONS.len()])>,
    stopped: [u64; REASONS.len()],
}

impl Cohort<'_> {
    /// Who had stopped by the end of each month, of those who are followed for so long.
    ///
    /// # Errors
    /// [`Error::Internal`] where the tables are not a run's.
    pub fn stopping(&self) -> Result<Stopping, Error> {
        let days = Step::Month.days(self.days);
        let new = || Part {
            months: vec![Default::default(); days.len()],
            stopped: Default::default(),
        };
        let parts = self.each(new, |part, life| {
            if let Some((_, reason)) = life.stopped {
                part.stopped[reason] += 1;
            }
            let followed = days.partition_point(|day| *day <= life.followed);
            for (day, (n, stopped)) in days[..followed].iter().zip(&mut part.months) {
                *n += 1;
                if let Some((_, reason)) = life.stopped.filter(|(stopped, _)| stopped <= day) {
                    stopped[reason] += 1;
                }
            }
        })?;
        let months = (0..days.len()).map(|at| StoppingAt {
            month: at as u32,
            n: parts.iter().map(|part| part.months[at].0).sum(),
            stopped: std::array::from_fn(|reason| {
                parts.iter().map(|part| part.months[at].1[reason]).sum()
            }),
        });
        Ok(Stopping {
            months: months.take_while(|month| month.n > 0).collect(),
            stopped: std::array::from_fn(|reason| {
                parts.iter().map(|part| part.stopped[reason]).sum()
            }),
            patients: self.patients(),
        })
    }
}
