//! A run's two tables, patients and visits, as Arrow and Parquet.
//!
//! - `schema`: their columns
//! - `columns`: rows gathered into columns
//! - `digest`: what the result checksum is taken of
//! - `encode`: columns into a row group
//! - `export`: a table to take home
//! - `examine`: tables that a stranger brought
//! - `writer`: row groups into files, in order, whoever was ready first
//! - `sums`: what a list says of a run
//! - `stored`: tables read back, whole, by column or by row group
//!
//! Both are sorted by patient and time and written in **groups** of [`GROUP_PATIENTS`] patients: the n-th row group of
//! each file is about the same patients. A group is the unit of parallel work, of the checksum and of skipping.

mod columns;
mod digest;
mod encode;
mod examine;
mod export;
mod schema;
mod stored;
mod sums;
mod writer;

pub(super) use self::{
    columns::{Columns, Measured},
    examine::examine,
    export::export,
    writer::Writer,
};
pub use self::{
    export::RunTable,
    schema::{PATIENTS_FILE, UNKNOWN, VISITS_FILE, patients_schema, visits_schema},
    stored::{Select, Stored, Tables},
};

/// Patients of a row group: some 180,000 visits of five years, which keeps all cores busy and pages large.
pub const GROUP_PATIENTS: u32 = 4096;
