//! A query as a file that people keep, send and read: TOML, `format_version = "1.0"`.
//!
//! ```text
//! [metadata]               format_version, app_version, export_timestamp, user_notes
//! [cohort_filters]         age_range, sites, sessions, sex
//! [[phenotypic_filters]]   table, column, filter_type, enabled, and min_val, max_val; contains, without; or selected_values
//! [export_selection]       selected_tables, enwiden_longitudinal, consolidate_baseline
//! [export_selection.selected_columns]   table = [columns]
//! ```
//!
//! - `write`: a query as such a file
//! - `read`: what a file says, each part with its line
//! - `check`: what of it applies to the present data, and what does not
//!
//! An open end of `age_range` is `inf` or `-inf`, of a card an end that is left out. The ends of a card on dates are
//! `"2024-03-15"`, with or without quotes. A part of a text that is left out asks for nothing. `sex` is not in the files of
//! other programs, which pass over it.
//!
//! **Invariant.** Reading a file changes nothing: what applies is put in force by the person, or not at all.

#[cfg(feature = "engine")]
mod check;
#[cfg(feature = "engine")]
mod read;
mod types;
#[cfg(feature = "engine")]
mod write;

pub use self::types::{Imported, LeftOut, MAX_PARAMETERS_BYTES};
#[cfg(feature = "engine")]
pub use self::write::parameters_file;
#[cfg(feature = "engine")]
pub(in crate::query) use self::write::timestamp;

/// The one form there is so far.
#[cfg(feature = "engine")]
const FORMAT_VERSION: &str = "1.0";
/// How a card with a range is called.
#[cfg(feature = "engine")]
const RANGE: &str = "range";
/// How a card with a range of dates is called.
#[cfg(feature = "engine")]
const DATES: &str = "dates";
/// How a card with parts of a text is called.
#[cfg(feature = "engine")]
const TEXT: &str = "text";
/// How a card with a list of values is called.
#[cfg(feature = "engine")]
const CATEGORIES: &str = "categories";
