//! Injections and visits, year by year since enrolment.

use super::{
    Cohort, Doses, Year,
    mean::{Sum, join},
    time::year_end,
};
use crate::Error;

#[derive(Clone, Copy, Default)]
struct Part {
    injections: Sum,
    visits: Sum,
    all_injections: u64,
    all_visits: u64,
}

impl Part {
    fn add(&mut self, injections: u32, visits: u32) {
        self.injections.add(f64::from(injections));
        self.visits.add(f64::from(visits));
        self.all_injections += u64::from(injections);
        self.all_visits += u64::from(visits);
    }
}

impl Cohort<'_> {
    /// Injections and visits of each whole year, of those who are followed to its end. The first year has the first day,
    /// and each its last.
    ///
    /// # Errors
    /// [`Error::Internal`] where the tables are not a run's.
    pub fn frequency(&self) -> Result<Vec<Year>, Error> {
        let ends: Vec<u32> = (1..)
            .map(year_end)
            .take_while(|end| *end <= self.days)
            .collect();
        let parts = self.each(
            || vec![[Part::default(); 2]; ends.len()],
            |years, life| {
                let mut before = 0;
                for (at, end, visits) in life.at(&ends) {
                    let injections = (before..visits)
                        .filter(|visit| life.is_injected(*visit))
                        .count();
                    let (injections, count) = (injections as u32, (visits - before) as u32);
                    years[at][0].add(injections, count);
                    if !life.has_stopped(end) {
                        years[at][1].add(injections, count);
                    }
                    before = visits;
                }
            },
        )?;
        let doses = |at: usize, population: usize| {
            let total = |of: fn(&Part) -> u64| {
                parts
                    .iter()
                    .map(|part| of(&part[at][population]))
                    .sum::<u64>()
            };
            let (injections, visits) = (
                total(|part| part.all_injections),
                total(|part| part.all_visits),
            );
            Doses {
                injections: join(&parts, |part| &part[at][population].injections),
                visits: join(&parts, |part| &part[at][population].visits),
                ratio: injections as f64 / (visits.max(1)) as f64,
            }
        };
        let years = (0..ends.len()).map(|at| Year {
            year: at as u32 + 1,
            all: doses(at, 0),
            still_treated: doses(at, 1),
        });
        Ok(years.take_while(|year| year.all.visits.n > 0).collect())
    }
}
