//! What a run's charts show: counted exactly, over all patients, out of its tables.
//!
//! - `types`: what is counted; plain data that crosses to the browser as it is
//! - `cohort`: a run's tables, patient by patient, on all cores; `group` is one batch of them
//! - `time`: moments since enrolment; `mean` and `sample`: means, quantiles, and patients drawn by a seed
//! - `vision`: month by month, from baseline to the last visit, and the change between
//! - `trajectories`: some patients as they are
//! - `intervals`: days between visits, and gaps
//! - `flow`: who is in which state, moment by moment; `journey`: who goes from which to which, year by year
//! - `frequency`: injections and visits of each year
//! - `stopping`: who stopped, when and why
//!
//! Two populations are told apart everywhere. **All** patients have their last value carried forward; **still treated**
//! are those who had not stopped by then. Both are counted only as long as they are followed.

#[cfg(feature = "engine")]
mod cohort;
#[cfg(feature = "engine")]
mod flow;
#[cfg(feature = "engine")]
mod frequency;
#[cfg(feature = "engine")]
mod group;
#[cfg(feature = "engine")]
mod intervals;
#[cfg(feature = "engine")]
mod journey;
#[cfg(feature = "engine")]
mod mean;
#[cfg(feature = "engine")]
mod sample;
#[cfg(feature = "engine")]
mod stopping;
#[cfg(all(test, feature = "engine"))]
mod tests;
mod time;
#[cfg(feature = "engine")]
mod trajectories;
mod types;
#[cfg(feature = "engine")]
mod vision;

#[cfg(feature = "engine")]
pub use self::cohort::{Cohort, read};
pub use self::{
    time::Step,
    types::{
        BaselineBin, CHANGES, CohortFlow, Doses, FlowAt, GAP_FROM, Intervals, Journey, Move, OTHER,
        OVER, REASONS, STATES, STOPPED, Sight, Stopping, StoppingAt, Trajectories, Trajectory,
        Vision, VisionAt, VisitAt, Year,
    },
};
