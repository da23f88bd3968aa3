//! Rows of a Parquet file by their numbers, in any order.

use std::ops::Range;

use arrow::{
    array::{RecordBatch, UInt32Array},
    compute::{concat_batches, take_record_batch},
};
use parquet::arrow::arrow_reader::{
    ParquetRecordBatchReaderBuilder, RowSelection, RowSelectionPolicy,
};

use crate::{
    Error,
    query::index::{Footer, Source},
};

/// The rows of these numbers, in this order. Reads each page of the file that holds one of them.
pub(crate) fn rows(source: Source<'_>, numbers: &[u32]) -> Result<RecordBatch, Error> {
    let footer = source.footer()?;
    let mut sorted: Vec<u32> = numbers.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let (groups, ranges, held) = locate(&footer, &sorted);
    let reader =
        ParquetRecordBatchReaderBuilder::new_with_metadata(source.open()?, footer.reader.clone())
            .with_row_groups(groups)
            .with_row_selection(RowSelection::from_consecutive_ranges(
                ranges.into_iter(),
                held,
            ))
            // Few rows out of many: skipping beats unpacking everything and masking.
            .with_row_selection_policy(RowSelectionPolicy::Selectors)
            .with_batch_size(sorted.len().max(1))
            .build()?;
    let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>()?;
    let batch = concat_batches(footer.reader.schema(), &batches)?;
    if sorted == numbers {
        return Ok(batch);
    }
    let place = |number: &u32| sorted.partition_point(|other| other < number) as u32;
    let places: UInt32Array = numbers.iter().map(place).collect::<Vec<_>>().into();
    Ok(take_record_batch(&batch, &places)?)
}

/// The row groups that hold these rows, the rows as ranges inside those groups laid end to end, and
/// how many rows the groups hold.
fn locate(footer: &Footer, sorted: &[u32]) -> (Vec<usize>, Vec<Range<usize>>, usize) {
    let (mut groups, mut ranges) = (Vec::new(), Vec::<Range<usize>>::new());
    let (mut start, mut held, mut at) = (0_usize, 0_usize, 0_usize);
    for (number, group) in footer.reader.metadata().row_groups().iter().enumerate() {
        let len = usize::try_from(group.num_rows()).unwrap_or(0);
        let inside = sorted[at..].partition_point(|row| (*row as usize) < start + len);
        for row in &sorted[at..at + inside] {
            let row = *row as usize - start + held;
            match ranges.last_mut() {
                Some(last) if last.end == row => last.end += 1,
                _ => ranges.push(row..row + 1),
            }
        }
        if inside > 0 {
            groups.push(number);
            held += len;
            at += inside;
        }
        start += len;
    }
    (groups, ranges, held)
}
