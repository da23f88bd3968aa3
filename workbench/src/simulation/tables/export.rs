//! A run's table as a file to take home: as it is stored, or as CSV, group by group.

use std::{
    fs::File,
    io::{self, ErrorKind, Write},
    path::Path,
};

use arrow::{array::RecordBatch, csv::WriterBuilder, datatypes::SchemaRef};

use super::{
    schema::{PATIENTS_FILE, VISITS_FILE, patients_schema, visits_schema},
    stored::Stored,
};
use crate::{Error, query::ExportFormat};

/// One of a run's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunTable {
    /// One row for each patient.
    Patients,
    /// One row for each visit.
    Visits,
}

impl RunTable {
    /// As files have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Patients => "patients",
            Self::Visits => "visits",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Patients => PATIENTS_FILE,
            Self::Visits => VISITS_FILE,
        }
    }

    fn schema(self) -> SchemaRef {
        match self {
            Self::Patients => patients_schema(),
            Self::Visits => visits_schema(),
        }
    }

    fn group(self, stored: &Stored, group: usize) -> Result<RecordBatch, Error> {
        match self {
            Self::Patients => stored.group_of_patients(group),
            Self::Visits => stored.group_of_visits(group),
        }
    }
}

/// Writes the table of the run in this folder. As CSV it is UTF-8 with a head, numbers in the fewest digits that read back
/// the same, dates as `YYYY-MM-DD`, and missing cells empty. Its words are those of the model, so none is a formula: tables
/// with others are not taken in.
///
/// # Errors
/// [`Error::Cancelled`] where nobody reads any more, [`Error::Io`] and [`Error::Internal`] where the file is broken.
pub(crate) fn export(
    folder: &Path,
    table: RunTable,
    format: ExportFormat,
    mut out: impl Write,
) -> Result<(), Error> {
    let path = folder.join(table.file());
    let stopped = |error: io::Error| match error.kind() {
        ErrorKind::BrokenPipe => Error::Cancelled,
        _ => Error::io(&path, error),
    };
    match format {
        ExportFormat::Parquet => {
            let mut file = File::open(&path).map_err(&stopped)?;
            io::copy(&mut file, &mut out).map_err(&stopped)?;
        }
        ExportFormat::Csv => {
            let stored = Stored::open(folder)?;
            let mut writer = WriterBuilder::new().build(&mut out);
            // The head is there even if nobody came.
            writer.write(&RecordBatch::new_empty(table.schema()))?;
            for group in 0..stored.groups() {
                writer.write(&table.group(&stored, group)?)?;
            }
        }
    }
    out.flush().map_err(stopped)
}
