//! A table's keys as small numbers, the same number for the same participant or visit in every
//! table, so that a million rows are compared as integers.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::{cast, concat},
    datatypes::{DataType, Int64Type},
};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use super::{distinct::hash_number, types::TableInfo};
use crate::{Error, Workbench};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 65_536;

/// A key that is missing.
pub(super) const MISSING: u32 = u32::MAX;

/// A map over keys that are packed numbers.
pub(super) type NumberMap<V> = HashMap<u64, V, BuildHasherDefault<NumberHasher>>;

/// Numbers the values of one key column across tables. A whole number and the same number written
/// as text are one value: one lab's file may keep its ids as text.
#[derive(Default)]
pub(super) struct Numbering {
    numbers: NumberMap<u32>,
    texts: HashMap<String, u32>,
}

impl Numbering {
    /// The column's values as numbers, row by row; [`MISSING`] where there is none.
    pub(super) fn number(&mut self, column: &ArrayRef) -> Result<Vec<u32>, Error> {
        if *column.data_type() == DataType::Int64 {
            let values = column.as_primitive::<Int64Type>();
            return Ok(values
                .iter()
                .map(|value| value.map_or(MISSING, |value| self.of_number(value)))
                .collect());
        }
        let texts = cast(column, &DataType::Utf8)?;
        let texts = texts.as_string::<i32>();
        Ok(texts
            .iter()
            .map(|text| text.map_or(MISSING, |text| self.of_text(text)))
            .collect())
    }

    fn of_number(&mut self, value: i64) -> u32 {
        let next = self.next();
        *self.numbers.entry(value.cast_unsigned()).or_insert(next)
    }

    fn of_text(&mut self, text: &str) -> u32 {
        let text = text.strip_suffix(".0").unwrap_or(text);
        if let Ok(value) = text.parse::<i64>()
            && value.to_string() == text
        {
            return self.of_number(value);
        }
        if let Some(number) = self.texts.get(text) {
            return *number;
        }
        let next = self.next();
        self.texts.insert(text.to_owned(), next);
        next
    }

    /// Tables are bounded in bytes (`data.file_bytes`), so their keys fit in 32 bits.
    fn next(&self) -> u32 {
        u32::try_from(self.numbers.len() + self.texts.len()).unwrap_or(MISSING - 1)
    }
}

/// Loads some columns of a table whole, in the order asked for.
pub(super) fn load(
    workbench: &Workbench,
    table: &TableInfo,
    names: &[&str],
) -> Result<Vec<ArrayRef>, Error> {
    let file = workbench
        .inner
        .storage
        .open(&workbench.table_path(&table.id))?;
    let file = file.ok_or_else(|| Error::Missing(format!("The table {}", table.name)))?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let schema = builder.schema().clone();
    let roots = names
        .iter()
        .map(|name| schema.index_of(name))
        .collect::<Result<Vec<_>, _>>()?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader = builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    names
        .iter()
        .map(|name| {
            let parts: Vec<&dyn Array> = batches
                .iter()
                .filter_map(|batch| batch.column_by_name(name))
                .map(|part| part.as_ref())
                .collect();
            if parts.is_empty() {
                let field = schema.field_with_name(name)?;
                return Ok(arrow::array::new_empty_array(field.data_type()));
            }
            Ok(concat(&parts)?)
        })
        .collect()
}

/// Packed numbers are dense, so they are mixed before they choose a place.
#[derive(Default)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = hash_number(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = hash_number(number);
    }
}
