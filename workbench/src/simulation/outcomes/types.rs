//! Outcome measures. Plain data that crosses to the browser as it is.

use serde::{Deserialize, Serialize};

use crate::simulation::Recruitment;

/// The bins of the days between two visits: at most so many. What is longer is in a seventh.
pub const INTERVALS: [u32; 6] = [35, 63, 111, 119, 180, 365];

/// A measure of so many patients.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Measure {
    /// Patients.
    pub n: u64,
    /// Their mean; 0 of nobody.
    pub mean: f64,
    /// Their standard deviation (n - 1); 0 of fewer than two.
    pub sd: f64,
}

/// Vision of a population, in ETDRS letters.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Population {
    /// Before the first visit.
    pub baseline: Measure,
    /// At the visit of months 11 to 13 that is nearest to month 12, or at the last one before.
    pub year_1: Measure,
    /// The same of months 23 to 25.
    pub year_2: Measure,
    /// At the last visit.
    pub last: Measure,
    /// From baseline to the last visit.
    pub change: Measure,
    /// The share that lost at most 5 letters, 0 to 1.
    pub maintained: f64,
    /// The share that sees less at the last visit than the protocol calls poor, 0 to 1; 0 of a trial, which has none.
    pub poor_vision: f64,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcomes {
    /// How patients came, and with it how long they were followed. Whoever was followed for less than 13 months is not in
    /// `year_1`, for less than 25 not in `year_2`.
    pub recruitment: Recruitment,
    /// All patients; who stopped is there with the last vision, carried forward.
    pub all: Population,
    /// Those who did not stop.
    pub still_treated: Population,
    /// Injections of a patient.
    pub injections: Measure,
    /// Visits of a patient.
    pub visits: Measure,
    /// Injections of all for each visit of all.
    pub injections_per_visit: f64,
    /// Patients who stopped, by reason, as tables write it.
    pub discontinued: Vec<(String, u64)>,
    /// Days between two visits that took place: counts in the bins of [`INTERVALS`], and what is longer.
    pub intervals: [u64; 7],
}
