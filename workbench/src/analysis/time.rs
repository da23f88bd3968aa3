//! Moments since enrolment.

use serde::{Deserialize, Serialize};

/// How far two moments are apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Seven days.
    Week,
    /// A twelfth of a year of 365.25 days.
    #[default]
    Month,
    /// A quarter of it.
    Quarter,
}

impl Step {
    /// The last day of so many steps, in whole days: twelve months are the 365 days of a run of one year.
    #[cfg(feature = "engine")]
    pub fn day(self, steps: u32) -> u32 {
        let in_days = |a_year: f64| (f64::from(steps) * 365.25 / a_year) as u32;
        match self {
            Self::Week => steps * 7,
            Self::Month => in_days(12.0),
            Self::Quarter => in_days(4.0),
        }
    }

    /// The days of all moments within so many days, from the first.
    #[cfg(feature = "engine")]
    pub(super) fn days(self, within: u32) -> Vec<u32> {
        (0..)
            .map(|steps| self.day(steps))
            .take_while(|day| *day <= within)
            .collect()
    }
}

/// The last day of a year, counted from 1.
#[cfg(feature = "engine")]
pub(super) fn year_end(year: u32) -> u32 {
    Step::Month.day(12 * year)
}

#[cfg(all(test, feature = "engine"))]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_five_years_has_sixty_months_after_the_first_day() {
        let within = 1826;
        assert_eq!(Step::Month.days(within).len(), 61);
        assert_eq!(Step::Month.days(within).last(), Some(&within));
        assert_eq!(Step::Quarter.days(within).len(), 21);
        assert_eq!(Step::Week.days(within).last(), Some(&1820));
        assert_eq!(year_end(1), 365);
    }
}
