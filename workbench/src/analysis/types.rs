//! What is counted. Plain data that crosses to the browser as it is. Vision is in ETDRS letters, time in days since a
//! patient's first visit unless it says otherwise.

use serde::{Deserialize, Serialize};

use crate::simulation::outcomes::Measure;

/// States a patient can be in, as places in counts: what visits find, in order of severity, and at the end those that
/// are nobody's finding.
pub const STATES: [&str; 7] = [
    "naive",
    "stable",
    "active",
    "highly active",
    "another state",
    "stopped",
    "follow-up over",
];
/// The place of a state that the model does not know: of a run that came from elsewhere.
pub const OTHER: usize = 4;
/// The place of those who stopped.
pub const STOPPED: usize = 5;
/// The place of those who are not followed for so long.
pub const OVER: usize = 6;

/// Why patients stop, as places in counts.
pub const REASONS: [&str; 4] = ["poor vision", "injections", "months", "another reason"];

/// Bins of change: each begins at one of these, 5 letters apart; before the first is all that is less.
pub const CHANGES: [f64; 13] = [
    -30.0, -25.0, -20.0, -15.0, -10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0,
];

/// From this bin of intervals on it is a gap: longer than any protocol's longest interval and a week.
pub const GAP_FROM: usize = 4;

/// Vision in months since enrolment. Month 0 is before the first visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vision {
    /// Month by month, while anybody is followed.
    pub months: Vec<VisionAt>,
}

/// Vision at the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VisionAt {
    /// Since enrolment.
    pub month: u32,
    /// All who are followed for so long, with the last value carried forward.
    pub all: Measure,
    /// Those of them who had not stopped.
    pub still_treated: Measure,
}

/// Vision before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    /// Last vision by baseline, in bins of 5 letters that have somebody.
    pub bins: Vec<BaselineBin>,
    /// Baseline and last vision of some patients, drawn by a seed.
    pub drawn: Vec<[f64; 2]>,
    /// Patients in each bin of change: less than the first of [`CHANGES`], then from each on.
    pub changes: [u64; 14],
    /// The same of those who did not stop.
    pub changes_still_treated: [u64; 14],
    /// Change of all.
    pub change: Measure,
    /// Of those who did not stop.
    pub change_still_treated: Measure,
}

/// Patients whose baseline is in one bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BaselineBin {
    /// The first letter of five.
    pub from: u32,
    /// Patients.
    pub n: u64,
    /// Of the last vision: the tenth percentile, the median, the ninetieth.
    pub last: [f64; 3],
}

/// Some patients as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trajectories {
    /// Those drawn, by number.
    pub patients: Vec<Trajectory>,
    /// Of how many.
    pub of: u64,
    /// The seed they were drawn by.
    pub seed: u64,
}

/// One patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trajectory {
    /// The patient's number.
    pub patient: u32,
    /// Before the first visit.
    pub baseline: f64,
    /// In order.
    pub visits: Vec<VisitAt>,
    /// The day the patient stopped.
    pub stopped: Option<u32>,
}

/// One visit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VisitAt {
    /// Since the first.
    pub day: u32,
    /// After it.
    pub vision: f64,
    /// Whether there was an injection.
    pub is_injected: bool,
}

/// Days between two visits that took place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// In the bins of [`INTERVALS`](crate::simulation::outcomes::INTERVALS), and what is longer.
    pub bins: [u64; 7],
    /// Days, of all intervals.
    pub days: Measure,
    /// The same by the year since enrolment in which the interval ended, from the first.
    pub years: Vec<Measure>,
    /// Patients with a gap of more than 180 days.
    pub with_gap: u64,
    /// Patients without a visit in the last 180 days they are followed.
    pub unseen: u64,
    /// Patients in all.
    pub patients: u64,
}

/// Who is in which state, moment by moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CohortFlow {
    /// From before the first visit on.
    pub moments: Vec<FlowAt>,
    /// Patients in all.
    pub patients: u64,
}

/// Patients at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowAt {
    /// Since enrolment.
    pub day: u32,
    /// By the places of [`STATES`]. Together they are all patients.
    pub states: [u64; 7],
}

/// Who goes from which state to which between marks of years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// The years; 0 is before the first visit.
    pub marks: Vec<u32>,
    /// Between each two marks next to one another: patients by both places of [`STATES`], if any.
    pub moves: Vec<Vec<Move>>,
    /// Patients in all.
    pub patients: u64,
}

/// Patients who go from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// A place of [`STATES`].
    pub from: usize,
    /// A place of [`STATES`].
    pub to: usize,
    /// Patients.
    pub count: u64,
}

/// Injections and visits of one year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Year {
    /// Since enrolment, from 1.
    pub year: u32,
    /// All who are followed to its end; who stopped before has none.
    pub all: Doses,
    /// Those of them who had not stopped by its end.
    pub still_treated: Doses,
}

/// Injections and visits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Doses {
    /// Of a patient.
    pub injections: Measure,
    /// Of a patient.
    pub visits: Measure,
    /// Injections of all for each visit of all; 0 without visits.
    pub ratio: f64,
}

/// Who stopped, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// Month by month, while anybody is followed.
    pub months: Vec<StoppingAt>,
    /// Patients who stopped in all, by the places of [`REASONS`].
    pub stopped: [u64; 4],
    /// Patients in all.
    pub patients: u64,
}

/// Who had stopped by the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppingAt {
    /// Since enrolment.
    pub month: u32,
    /// Patients who are followed for so long.
    pub n: u64,
    /// Those of them who had stopped, by the places of [`REASONS`].
    pub stopped: [u64; 4],
}
