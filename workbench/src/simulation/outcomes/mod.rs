//! What came of a run: the field's outcome measures, exact and over all patients.
//!
//! - `types`: the measures; plain data that crosses to the browser as it is
//! - `patients`: one patient's vision at the moments that count
//! - `compute`: all patients, on all cores; the same numbers on any number of them

#[cfg(feature = "engine")]
mod compute;
#[cfg(feature = "engine")]
mod patients;
mod types;

#[cfg(feature = "engine")]
pub use self::compute::outcomes;
#[cfg(feature = "engine")]
pub(crate) use self::compute::{bin, column, other_type, poor_below, values};
pub use self::types::{INTERVALS, Measure, Outcomes, Population};
