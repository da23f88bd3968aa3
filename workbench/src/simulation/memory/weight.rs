//! What a result takes in memory: before it is loaded, by its numbers of rows; afterwards, by its buffers.

use std::collections::HashSet;

use arrow::{
    array::{ArrayData, RecordBatch},
    buffer::Buffer,
    datatypes::{DataType, Schema},
};

use crate::simulation::{
    RunResult,
    tables::{Tables, patients_schema, visits_schema},
};

/// What the buffers of both tables will take, near enough to make room for them first.
pub(crate) fn estimate(result: &RunResult) -> u64 {
    let table = |schema: &Schema, rows: u64| rows.saturating_mul(bits_of_row(schema)) / 8;
    table(&patients_schema(), result.patients.into())
        .saturating_add(table(&visits_schema(), result.visits))
}

fn bits_of_row(schema: &Schema) -> u64 {
    let of_field = |kind: &DataType| match kind {
        DataType::Boolean => 1,
        DataType::Dictionary(key, _) => bits(key),
        other => bits(other),
    };
    let fields = schema.fields().iter();
    fields
        .map(|field| of_field(field.data_type()) + u64::from(field.is_nullable()))
        .sum()
}

fn bits(kind: &DataType) -> u64 {
    kind.primitive_width().unwrap_or(8) as u64 * 8
}

/// Bytes of all buffers, each counted once however many columns share it.
pub(crate) fn weigh(tables: &Tables) -> u64 {
    let mut seen = HashSet::new();
    let batches = tables.patients.iter().chain(&tables.visits);
    batches
        .flat_map(RecordBatch::columns)
        .map(|column| of_array(&column.to_data(), &mut seen))
        .sum()
}

fn of_array(data: &ArrayData, seen: &mut HashSet<usize>) -> u64 {
    let nulls = data.nulls().map(|nulls| nulls.buffer());
    let buffers = data.buffers().iter().chain(nulls);
    let own: u64 = buffers.map(|buffer| of_buffer(buffer, seen)).sum();
    let children = data.child_data().iter();
    own + children.map(|child| of_array(child, seen)).sum::<u64>()
}

fn of_buffer(buffer: &Buffer, seen: &mut HashSet<usize>) -> u64 {
    let is_new = seen.insert(buffer.data_ptr().as_ptr() as usize);
    // A buffer of somebody else's making does not know its capacity.
    let bytes = buffer.capacity().max(buffer.len());
    if is_new { bytes as u64 } else { 0 }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use std::sync::Arc;

    use arrow::array::{ArrayRef, UInt32Array};

    use super::*;

    #[test]
    fn a_shared_buffer_is_counted_once() {
        let column: ArrayRef = Arc::new(UInt32Array::from(vec![1_u32; 1000]));
        let one = RecordBatch::try_from_iter([("a", Arc::clone(&column))]).unwrap();
        let twice =
            RecordBatch::try_from_iter([("a", Arc::clone(&column)), ("b", column)]).unwrap();
        let of = |batch: RecordBatch| {
            weigh(&Tables {
                patients: vec![batch],
                visits: Vec::new(),
            })
        };
        assert_eq!(of(one), 4000);
        assert_eq!(of(twice), 4000);
    }

    #[test]
    fn what_is_expected_follows_from_the_columns() {
        let result = RunResult {
            patients: 0,
            visits: 8_000,
            bytes: 0,
            checksum: String::new(),
            runtime_ms: 0,
            means: None,
        };
        // Patient, date, vision: 4 bytes each; day, interval: 2; state: 1; injected and "has an interval": a bit.
        assert_eq!(estimate(&result), 8_000 * 17 + 8_000 * 2 / 8);
    }
}
