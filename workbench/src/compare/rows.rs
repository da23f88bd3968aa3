//! Where a run's tables come from: its files, of which only what is wanted is read, or memory.

use std::sync::OnceLock;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch},
    datatypes::ArrowPrimitiveType,
};

use crate::{
    Error,
    simulation::tables::{Select, Stored, Tables},
};

/// Visits up to which the columns of a run are kept between two looks at them: some 120 MB.
const KEPT_VISITS: u64 = 16_000_000;

/// A run's tables, group by group; the n-th of each is about the same patients.
pub trait Rows: Send + Sync {
    /// How many groups there are.
    fn groups(&self) -> usize;

    /// The patients of a group, with these columns at least.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for a column that is not there, [`Error::Internal`] where the tables are broken.
    fn patients(&self, columns: &[&str], group: usize) -> Result<RecordBatch, Error>;

    /// The visits of a group, with these columns at least.
    ///
    /// # Errors
    /// As [`Rows::patients`].
    fn visits(&self, columns: &[&str], group: usize) -> Result<RecordBatch, Error>;
}

impl Rows for Stored {
    fn groups(&self) -> usize {
        Self::groups(self)
    }

    fn patients(&self, columns: &[&str], group: usize) -> Result<RecordBatch, Error> {
        one(Self::patients(
            self,
            Select::Columns(columns),
            group..group + 1,
        )?)
    }

    fn visits(&self, columns: &[&str], group: usize) -> Result<RecordBatch, Error> {
        one(Self::visits(
            self,
            Select::Columns(columns),
            group..group + 1,
        )?)
    }
}

impl Rows for Tables {
    fn groups(&self) -> usize {
        self.patients.len()
    }

    fn patients(&self, _columns: &[&str], group: usize) -> Result<RecordBatch, Error> {
        self.patients.get(group).cloned().ok_or_else(no_group)
    }

    fn visits(&self, _columns: &[&str], group: usize) -> Result<RecordBatch, Error> {
        self.visits.get(group).cloned().ok_or_else(no_group)
    }
}

fn one(batches: Vec<RecordBatch>) -> Result<RecordBatch, Error> {
    batches.into_iter().next().ok_or_else(no_group)
}

fn no_group() -> Error {
    Error::Internal("a group of the run is missing".into())
}

/// Some columns of a run for two looks: kept in between, unless the run is very large.
pub(super) struct Reading<'a> {
    rows: &'a dyn Rows,
    patients: &'a [&'a str],
    visits: &'a [&'a str],
    kept: Vec<OnceLock<(RecordBatch, RecordBatch)>>,
    keeps: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        rows: &'a dyn Rows,
        patients: &'a [&'a str],
        visits: &'a [&'a str],
        visit_rows: Option<u64>,
    ) -> Self {
        Self {
            rows,
            patients,
            visits,
            kept: (0..rows.groups()).map(|_| OnceLock::new()).collect(),
            keeps: visit_rows.is_none_or(|rows| rows <= KEPT_VISITS),
        }
    }

    pub(super) fn groups(&self) -> usize {
        self.kept.len()
    }

    /// Patients and visits of a group.
    pub(super) fn group(&self, group: usize) -> Result<(RecordBatch, RecordBatch), Error> {
        if let Some(kept) = self.kept[group].get() {
            return Ok(kept.clone());
        }
        let patients = self.rows.patients(self.patients, group)?;
        let visits = self.rows.visits(self.visits, group)?;
        if self.keeps {
            drop(self.kept[group].set((patients.clone(), visits.clone())));
        }
        Ok((patients, visits))
    }
}

pub(super) fn column<'a>(table: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Error> {
    let missing = || Error::Internal(format!("the run has no column {name}"));
    table.column_by_name(name).ok_or_else(missing)
}

/// A column of numbers, none of them missing.
pub(super) fn values<'a, T: ArrowPrimitiveType>(
    table: &'a RecordBatch,
    name: &str,
) -> Result<&'a [T::Native], Error> {
    let numbers = column(table, name)?.as_primitive_opt::<T>();
    let numbers = numbers.filter(|numbers| numbers.null_count() == 0);
    Ok(numbers.ok_or_else(|| other_type(name))?.values())
}

/// A column of yes and no.
pub(super) fn flags<'a>(table: &'a RecordBatch, name: &str) -> Result<&'a BooleanArray, Error> {
    let flags = column(table, name)?.as_boolean_opt();
    flags.ok_or_else(|| other_type(name))
}

pub(super) fn other_type(name: &str) -> Error {
    Error::Internal(format!("the column {name} of the run is of another type"))
}
