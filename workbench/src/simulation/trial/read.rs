//! Rows out of a trial's table, refused with their number where they make no sense.

use std::{collections::HashMap, fs::File, path::Path};

use arrow::{
    array::{Array, RecordBatch},
    error::ArrowError,
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder},
    },
    errors::ParquetError,
};

use super::{
    columns::{numbers, text, texts, times, yes_or_no},
    types::Mapping,
};
use crate::{
    Error,
    data::Day,
    simulation::{OrderError, order::refused},
};

/// Rows of a trial: some hundred times the largest that was ever run.
const MAX_ROWS: i64 = 20_000_000;

/// A table that was read.
#[derive(Default)]
pub(crate) struct Rows {
    /// Patients in the order in which they are met, each with its arm if there are arms.
    pub(super) patients: Vec<(String, Option<String>)>,
    pub(super) rows: Vec<Row>,
    /// Rows without a measure.
    pub(super) unmeasured: u64,
}

/// One measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The place among the patients.
    pub(super) patient: usize,
    /// As the table has it; of a date, days since 1970.
    pub(super) day: i64,
    pub(super) value: f32,
    pub(super) is_injected: bool,
}

/// What stops a reading: the table does not fit the mapping, or it cannot be read at all.
pub(crate) enum Stopped {
    Order(OrderError),
    Files(Error),
}

impl From<OrderError> for Stopped {
    fn from(error: OrderError) -> Self {
        Self::Order(error)
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Files(error)
    }
}

impl From<ArrowError> for Stopped {
    fn from(error: ArrowError) -> Self {
        Self::Files(error.into())
    }
}

impl From<ParquetError> for Stopped {
    fn from(error: ParquetError) -> Self {
        Self::Files(error.into())
    }
}

/// Reads the mapped columns of a table's Parquet copy. Blocking.
pub(crate) fn read(path: &Path, mapping: &Mapping) -> Result<Rows, Stopped> {
    let file = File::open(path).map_err(|error| Error::io(path, error))?;
    let footer = ArrowReaderMetadata::load(&file, Default::default())?;
    let named = [
        ("patient", Some(&mapping.patient)),
        ("time", Some(&mapping.time)),
        ("measure", Some(&mapping.measure)),
        ("injected", mapping.injected.as_ref()),
        ("arm", mapping.arm.as_ref()),
    ];
    for (field, name) in named {
        if let Some(name) = name
            && footer.schema().index_of(name).is_err()
        {
            let problem = format!("the table has no column \"{name}\"");
            return Err(refused(field, problem).into());
        }
    }
    let rows = footer.metadata().file_metadata().num_rows();
    if rows > MAX_ROWS {
        let problem = format!("the table has {rows} rows; a trial may have {MAX_ROWS}");
        return Err(refused("patient", problem).into());
    }
    let names = named.into_iter().filter_map(|(_, name)| name);
    let mask = ProjectionMask::columns(footer.parquet_schema(), names.map(String::as_str));
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer);
    let mut found = Found::default();
    for batch in reader.with_projection(mask).build()? {
        found.take(&batch?, mapping)?;
    }
    Ok(found.rows)
}

#[derive(Default)]
struct Found {
    rows: Rows,
    places: HashMap<String, usize>,
    /// Rows of the batches before.
    before: usize,
}

impl Found {
    fn take(&mut self, batch: &RecordBatch, mapping: &Mapping) -> Result<(), Stopped> {
        let patients = texts(batch, &mapping.patient)?;
        let times = times(batch, mapping)?;
        let measures = numbers(batch, "measure", &mapping.measure)?;
        let injected = match &mapping.injected {
            Some(name) => Some(yes_or_no(batch, name, self.before)?),
            None => None,
        };
        let arms = match &mapping.arm {
            Some(name) => Some(texts(batch, name)?),
            None => None,
        };
        for at in 0..batch.num_rows() {
            // The header is the first line of a file.
            let line = self.before + at + 2;
            let wrong = |field, problem: &str| refused(field, format!("line {line}: {problem}"));
            let patient = text(&patients, at);
            let patient = patient.ok_or_else(|| wrong("patient", "there is no patient"))?;
            let day = times.is_valid(at).then(|| times.value(at).floor());
            let day = day.filter(|day| day.is_finite());
            let day = day.and_then(|day| Day::of(day as i64));
            let day = day.ok_or_else(|| wrong("time", "there is no time"))?;
            let arm = arms.as_ref().and_then(|arms| text(arms, at));
            let place = self.place(patient, arm, line)?;
            let value = measures.is_valid(at).then(|| measures.value(at) as f32);
            let Some(value) = value.filter(|value| value.is_finite()) else {
                self.rows.unmeasured += 1;
                continue;
            };
            let injected = injected.as_ref();
            self.rows.rows.push(Row {
                patient: place,
                day: day.days().into(),
                value,
                is_injected: injected.is_some_and(|it| it.is_valid(at) && it.value(at)),
            });
        }
        self.before += batch.num_rows();
        Ok(())
    }

    /// A patient's place; nobody is in two arms.
    fn place(&mut self, patient: &str, arm: Option<&str>, line: usize) -> Result<usize, Stopped> {
        let Some(place) = self.places.get(patient) else {
            let place = self.rows.patients.len();
            self.places.insert(patient.to_owned(), place);
            let one = (patient.to_owned(), arm.map(str::to_owned));
            self.rows.patients.push(one);
            return Ok(place);
        };
        let known = self.rows.patients[*place].1.as_deref();
        if known != arm {
            let told = |arm: Option<&str>| arm.unwrap_or("none").to_owned();
            let problem = format!(
                "line {line}: patient {patient} is in arm {} here and in {} before",
                told(arm),
                told(known)
            );
            return Err(refused("arm", problem).into());
        }
        Ok(*place)
    }
}
