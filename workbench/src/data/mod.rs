//! Tables: what is known about each, how they were imported, and the keys they meet on.
//!
//! The types here travel to the browser. A user's own files are read, never rewritten.
//!
//! An import goes `import` -> `survey` (checksum, encoding) -> `sniff` (format, delimiter) -> rows
//! from `csv` + `csv_table` or `jsonlines` -> `infer` (types, first pass) -> `convert` -> `sink`
//! (Parquet, second pass) -> `profile` (what a reader sees) -> `shelf` (kept, found again, cleared
//! away). Parquet takes the short way over `parquet_source`. What descriptions from before lack, `days` finds.

mod day;
mod escape;
mod names;
mod natural;
mod types;

#[cfg(feature = "engine")]
mod category;
#[cfg(feature = "engine")]
mod convert;
#[cfg(feature = "engine")]
mod csv;
#[cfg(feature = "engine")]
mod csv_fault;
#[cfg(feature = "engine")]
mod csv_table;
#[cfg(feature = "engine")]
mod dates;
#[cfg(feature = "engine")]
mod days;
#[cfg(feature = "engine")]
mod distinct;
#[cfg(feature = "engine")]
mod encoding;
#[cfg(feature = "engine")]
mod import;
#[cfg(feature = "engine")]
mod infer;
#[cfg(feature = "engine")]
mod jsonlines;
#[cfg(feature = "engine")]
mod key_checks;
#[cfg(feature = "engine")]
mod key_columns;
#[cfg(feature = "engine")]
mod key_report;
#[cfg(feature = "engine")]
mod keys;
#[cfg(feature = "engine")]
mod parquet_source;
#[cfg(feature = "engine")]
mod part_file;
#[cfg(feature = "engine")]
mod profile;
#[cfg(feature = "engine")]
mod row;
#[cfg(feature = "engine")]
mod samples;
#[cfg(feature = "engine")]
mod shared_columns;
#[cfg(feature = "engine")]
mod shelf;
#[cfg(feature = "engine")]
mod sink;
#[cfg(feature = "engine")]
mod sniff;
#[cfg(feature = "engine")]
mod source;
#[cfg(feature = "engine")]
mod survey;
#[cfg(feature = "engine")]
mod tally;
#[cfg(feature = "engine")]
mod value;

#[cfg(feature = "engine")]
pub(crate) use self::{dates::day_of, source::bytes_text};
pub use self::{
    day::Day,
    escape::escape_formula,
    names::{MAX_FILE_NAME, MAX_NAME, sanitise_name, shown_file_name},
    natural::natural_order,
    types::*,
};
#[cfg(feature = "engine")]
pub use self::{
    keys::find_keys,
    samples::{Sample, samples},
};
