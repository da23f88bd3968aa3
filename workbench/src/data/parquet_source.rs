//! A Parquet file as a source: its columns in the few types that tables have here.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch},
    compute::cast,
    datatypes::{DataType, Field, Float64Type, Schema, SchemaRef, TimeUnit},
};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{
    infer::{Column, Plan, Storage},
    sink::Sink,
    source::{Job, grouped},
};
use crate::Error;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 8_192;

/// A Parquet file whose columns can all be taken.
pub(super) struct ParquetSource {
    reader: ParquetRecordBatchReader,
    targets: Vec<DataType>,
    schema: SchemaRef,
    /// Rows of the whole file.
    total: u64,
    /// Infinite values met, by column.
    infinite: Vec<u64>,
    notes: Vec<String>,
}

impl ParquetSource {
    /// Opens it and judges every column, before any row is read.
    pub(super) fn open(path: &Path, job: &Job) -> Result<Self, Error> {
        let file = File::open(path).map_err(|e| Error::io(path, e))?;
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(job, &e))?;
        let fields = builder.schema().fields().clone();
        if fields.is_empty() {
            return Err(job.bad_file("the Parquet file has no columns."));
        }
        if fields.len() > job.limits.columns {
            return Err(job.too_many_columns(&grouped(fields.len() as u64)));
        }
        let mut targets = Vec::with_capacity(fields.len());
        let mut notes = Vec::new();
        let mut stored: Vec<Field> = Vec::with_capacity(fields.len());
        for field in &fields {
            let name = field.name().trim();
            if stored.iter().any(|before| before.name() == name) {
                let problem = format!("two columns are named {name}. Rename one of them.");
                return Err(job.bad(None, Some(name.to_owned()), problem));
            }
            let target = target_of(field, job)?;
            if matches!(field.data_type(), DataType::Timestamp(..)) {
                notes.push(format!(
                    "{name} holds points in time; they are kept as text."
                ));
            }
            stored.push(Field::new(name, target.clone(), true));
            targets.push(target);
        }
        let total = builder.metadata().file_metadata().num_rows();
        Ok(Self {
            total: u64::try_from(total).unwrap_or_default(),
            reader: builder
                .with_batch_size(BATCH_ROWS)
                .build()
                .map_err(|e| damaged(job, &e))?,
            infinite: vec![0; targets.len()],
            targets,
            schema: Arc::new(Schema::new(stored)),
            notes,
        })
    }

    /// The schema it will be stored with.
    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Copies all rows.
    pub(super) fn copy(mut self, mut sink: Sink, job: &Job) -> Result<(Sink, Plan), Error> {
        let mut rows = 0;
        while let Some(batch) = self.reader.next() {
            job.check_cancel()?;
            let batch = batch.map_err(|e| damaged(job, &e))?;
            rows += batch.num_rows() as u64;
            job.passed(batch.num_rows() as u64, self.total);
            let arrays = (0..batch.num_columns())
                .map(|index| self.convert(batch.column(index), index, job))
                .collect::<Result<Vec<_>, _>>()?;
            sink.write(&RecordBatch::try_new(self.schema.clone(), arrays)?)?;
        }
        for (field, count) in self
            .schema
            .fields()
            .iter()
            .zip(&self.infinite)
            .filter(|(_, count)| **count > 0)
        {
            let name = field.name();
            self.notes.push(format!(
                "{} infinite values of {name} are read as missing.",
                grouped(*count)
            ));
        }
        let columns = self.schema.fields().iter().map(|field| Column {
            name: field.name().clone(),
            storage: Storage::Text,
        });
        let plan = Plan {
            columns: columns.collect(),
            rows,
            notes: self.notes,
        };
        Ok((sink, plan))
    }

    fn convert(&mut self, array: &ArrayRef, index: usize, job: &Job) -> Result<ArrayRef, Error> {
        let unzoned = match array.data_type() {
            DataType::Timestamp(unit, Some(_)) => cast(array, &DataType::Timestamp(*unit, None))?,
            _ => array.clone(),
        };
        let target = &self.targets[index];
        let cast = cast(&unzoned, target).map_err(|e| self.misfit(index, &e.to_string(), job))?;
        if cast.null_count() > array.null_count() {
            return Err(self.misfit(index, "a value does not fit", job));
        }
        if *target != DataType::Float64 {
            return Ok(cast);
        }
        let numbers = cast.as_primitive::<Float64Type>();
        if numbers.iter().flatten().all(f64::is_finite) {
            return Ok(cast);
        }
        self.infinite[index] += numbers
            .iter()
            .flatten()
            .filter(|number| number.is_infinite())
            .count() as u64;
        let finite: Float64Array = numbers
            .iter()
            .map(|number| number.filter(|n| n.is_finite()))
            .collect();
        Ok(Arc::new(finite))
    }

    fn misfit(&self, index: usize, problem: &str, job: &Job) -> Error {
        let problem =
            format!("its values cannot be taken ({problem}). Export the column in another type.");
        job.bad(None, Some(self.schema.field(index).name().clone()), problem)
    }
}

/// The type a column is kept in, or why it cannot be taken.
fn target_of(field: &Field, job: &Job) -> Result<DataType, Error> {
    use DataType as T;
    Ok(match field.data_type() {
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => {
            T::Int64
        }
        T::Float16
        | T::Float32
        | T::Float64
        | T::Decimal128(..)
        | T::Decimal256(..)
        | T::Decimal32(..)
        | T::Decimal64(..) => T::Float64,
        T::Date32 | T::Date64 => T::Date32,
        T::Utf8 | T::LargeUtf8 | T::Utf8View | T::Boolean | T::Null => T::Utf8,
        // Old writers do not say that their bytes are text; the cast refuses those that are not.
        T::Binary | T::LargeBinary | T::BinaryView => T::Utf8,
        T::Timestamp(..) | T::Time32(TimeUnit::Second | TimeUnit::Millisecond) | T::Time64(_) => {
            T::Utf8
        }
        T::Dictionary(_, values) => target_of(
            &Field::new(field.name(), values.as_ref().clone(), true),
            job,
        )?,
        T::List(_)
        | T::LargeList(_)
        | T::FixedSizeList(..)
        | T::ListView(_)
        | T::LargeListView(_)
        | T::Struct(_)
        | T::Map(..) => {
            let problem = "the column is nested (a list, a struct or a map). Take it apart into plain columns, or leave it out.";
            return Err(job.bad(None, Some(field.name().clone()), problem));
        }
        other => {
            let problem =
                format!("columns of type {other} cannot be taken. Export it as text or numbers.");
            return Err(job.bad(None, Some(field.name().clone()), problem));
        }
    })
}

fn damaged(job: &Job, error: &dyn std::fmt::Display) -> Error {
    job.bad_file(format!(
        "the Parquet file is damaged or cut off ({error}). Export it again."
    ))
}
