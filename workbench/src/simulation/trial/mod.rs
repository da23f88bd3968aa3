//! A trial that was not simulated: a table of measures at visits becomes a run like any other, so that what really
//! happened is compared with what was simulated.
//!
//! - `types`: which column means what, and where a run came from; plain data
//! - `read`: rows out of the table, refused with their number where they make no sense
//! - `columns`: its columns, typed
//! - `arms`: rows become patients, arm by arm
//! - `write`: an arm's patients become a run's tables
//!
//! What is not known is not made up:
//!
//! | of a run | in a trial |
//! |---|---|
//! | `patient_id` | patients of an arm, numbered from 1 in the natural order of their own ids |
//! | `time_days` | the day that the table says; by dates, the days since the patient's first. Where a patient begins before day 0, their days are counted from their first |
//! | `enrollment_date` | the first date; without dates, all begin on [`DAY_0`], which is said |
//! | `vision` | the measure; rows without one are left out, and counted |
//! | `injected` | the column for it; without one, never, which is said |
//! | `next_interval_days` | to the next row of the patient; none at the last |
//! | disease states | `UNKNOWN` |
//! | who stopped | nobody: a patient's last row says nothing about why it is the last |
//! | duration | to the last day of any patient, in every arm; a table over more than 99 years is refused |

#[cfg(feature = "engine")]
mod arms;
#[cfg(feature = "engine")]
mod columns;
#[cfg(feature = "engine")]
mod read;
mod types;
#[cfg(feature = "engine")]
mod write;

pub use self::types::{Carried, Mapping, TimeIs, Trial};
#[cfg(feature = "engine")]
pub(super) use self::{
    arms::{Arm, arms},
    read::{Stopped, read},
    write::write,
};

/// The model of a run that was not simulated.
pub const IMPORTED: &str = "imported";
/// Where day 0 is put when a table has days and no dates.
pub const DAY_0: &str = "2000-01-01";
