//! One patient's life under a protocol, visit by visit.
//!
//! Each step of a visit is a file of its own:
//!
//! - `transition`: the disease moves on
//! - `vision`: letters are won or lost
//! - `treat_and_extend`, `reactive`: who is injected, and when the next visit is
//! - `ending`: whether the patient stops
//!
//! and before the first visit:
//!
//! - `random`: a generator for each patient, so that nobody's life depends on another's or on the number of threads
//! - `arrivals`: when patients come
//! - `baseline`: how well they see then
//!
//! `patient` puts them together. Days are whole and all alike: nobody is lost on a weekend. A month is 30.44 days.

mod arrivals;
mod baseline;
mod ending;
mod patient;
mod random;
mod reactive;
mod transition;
mod treat_and_extend;
mod vision;

pub use self::{
    arrivals::arrivals,
    ending::Reason,
    patient::{Ending, Life, Model, Visit},
    random::{ARRIVALS, Random, stream},
};

/// Days in a month: a year of 365.25 days in twelve, to two decimals, as published models have it.
pub const DAYS_A_MONTH: f64 = 30.44;
/// Days in a year.
pub const DAYS_A_YEAR: f64 = 365.25;
