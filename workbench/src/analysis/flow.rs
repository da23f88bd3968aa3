//! Who is in which state, moment by moment.

use super::{Cohort, CohortFlow, FlowAt, OTHER, OVER, STATES, STOPPED, Step, group::Life};
use crate::Error;

/// The place of those who were not seen yet.
const NAIVE: usize = 0;

/// The state of a patient who is followed, at the end of a day by when there were so many visits. Before the first visit
/// everybody is naive; who stopped is that from the last visit on.
pub(super) fn state_at(life: &Life<'_>, is_start: bool, day: u32, visits: usize) -> usize {
    match visits.checked_sub(1) {
        _ if is_start => NAIVE,
        _ if life.has_stopped(day) => STOPPED,
        Some(visit) => life.state(visit),
        None => OTHER,
    }
}

impl Cohort<'_> {
    /// The states of all patients, moment by moment since their enrolment.
    ///
    /// # Errors
    /// [`Error::Internal`] where the tables are not a run's.
    pub fn flow(&self, step: Step) -> Result<CohortFlow, Error> {
        let days = step.days(self.days);
        let parts = self.each(
            || vec![[0_u64; STATES.len()]; days.len()],
            |moments, life| {
                let mut followed = 0;
                for (at, day, visits) in life.at(&days) {
                    moments[at][state_at(life, at == 0, day, visits)] += 1;
                    followed = at + 1;
                }
                for moment in &mut moments[followed..] {
                    moment[OVER] += 1;
                }
            },
        )?;
        let moments = days.iter().enumerate().map(|(at, day)| FlowAt {
            day: *day,
            states: std::array::from_fn(|state| parts.iter().map(|part| part[at][state]).sum()),
        });
        Ok(CohortFlow {
            moments: moments.collect(),
            patients: self.patients(),
        })
    }
}
