//! Columns into a Parquet file: row group by row group, its columns encoded on all cores, while the
//! group before is written. Knows nothing of where cells come from.

use std::{
    io::Write,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::{array::ArrayRef, datatypes::SchemaRef};
use parquet::{
    arrow::{
        ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata,
        arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves},
    },
    basic::Compression,
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::types::ColumnPath,
};
use tokio_util::sync::CancellationToken;

use super::stats::Stats;
use crate::{Error, query::parallel::parallel};

/// Rows of a row group: two groups of encoded columns are in memory at a time.
pub(crate) const GROUP_ROWS: usize = 1 << 17;
/// Rows of a page: what has to be unpacked for one row somewhere in the file.
const PAGE_ROWS: usize = 1 << 13;
/// Columns with at most this many values are written with a dictionary; for others it only costs.
const DICTIONARY_VALUES: u64 = 10_000;

/// Columns that can be had for any range of rows.
pub(crate) trait Gather: Sync {
    /// The columns.
    fn schema(&self) -> Result<SchemaRef, Error>;
    /// How many rows.
    fn rows(&self) -> usize;
    /// Distinct values of a column at most.
    fn distinct(&self, column: usize) -> u64;
    /// A column's cells.
    fn array(&self, column: usize, rows: Range<usize>) -> Result<ArrayRef, Error>;
}

/// Writes all rows to `sink`. `note` is asked at the end for what to keep in the footer.
pub(crate) fn write<W: Write + Send>(
    sink: W,
    source: &impl Gather,
    group_rows: usize,
    cancel: &CancellationToken,
    note: impl FnOnce(&[Stats]) -> Option<(String, String)>,
) -> Result<Vec<Stats>, Error> {
    let schema = source.schema()?;
    let mut properties = properties(source, &schema);
    add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
    let parquet = ArrowSchemaConverter::new()
        .convert(&schema)
        .map_err(failed)?;
    let mut file = SerializedFileWriter::new(sink, parquet.root_schema_ptr(), Arc::new(properties))
        .map_err(failed)?;
    let factory = ArrowRowGroupWriterFactory::new(&file, schema.clone());
    let mut stats = vec![Stats::default(); schema.fields().len()];
    let mut before: Vec<ArrowColumnChunk> = Vec::new();
    let rows = source.rows();
    for (number, start) in (0..rows).step_by(group_rows.max(1)).enumerate() {
        let range = start..rows.min(start + group_rows);
        let group = std::thread::scope(|scope| {
            let encoding =
                scope.spawn(|| encode(&factory, number, &schema, source, &range, cancel));
            let written = append(&mut file, std::mem::take(&mut before));
            let panicked = |_| Err(Error::Internal("a worker thread panicked".into()));
            let group = encoding.join().unwrap_or_else(panicked);
            written.and(group)
        })?;
        for (all, (_, chunk)) in stats.iter_mut().zip(&group) {
            all.merge(chunk);
        }
        before = group.into_iter().map(|(chunk, _)| chunk).collect();
    }
    append(&mut file, before)?;
    if let Some((key, value)) = note(&stats) {
        file.append_key_value_metadata(KeyValue::new(key, value));
    }
    file.close().map_err(failed)?;
    Ok(stats)
}

/// All columns of one row group.
fn encode(
    factory: &ArrowRowGroupWriterFactory,
    number: usize,
    schema: &SchemaRef,
    source: &impl Gather,
    rows: &Range<usize>,
    cancel: &CancellationToken,
) -> Result<Vec<(ArrowColumnChunk, Stats)>, Error> {
    let writers = factory.create_column_writers(number).map_err(failed)?;
    let writers: Vec<_> = writers
        .into_iter()
        .map(|writer| Mutex::new(Some(writer)))
        .collect();
    parallel(writers.len(), |at| {
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let writer = writers[at]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut writer =
            writer.ok_or_else(|| Error::Internal("a column was written twice".into()))?;
        let values = source.array(at, rows.clone())?;
        for leaf in compute_leaves(schema.field(at), &values).map_err(failed)? {
            writer.write(&leaf).map_err(failed)?;
        }
        Ok((writer.close().map_err(failed)?, Stats::of(&values)))
    })
}

fn append<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    chunks: Vec<ArrowColumnChunk>,
) -> Result<(), Error> {
    if chunks.is_empty() {
        return Ok(());
    }
    let mut group = file.next_row_group().map_err(failed)?;
    for chunk in chunks {
        chunk.append_to_row_group(&mut group).map_err(failed)?;
    }
    group.close().map_err(failed)?;
    Ok(())
}

fn properties(source: &impl Gather, schema: &SchemaRef) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_dictionary_enabled(false);
    for (at, field) in schema.fields().iter().enumerate() {
        if source.distinct(at) <= DICTIONARY_VALUES {
            let path = ColumnPath::new(vec![field.name().clone()]);
            properties = properties.set_column_dictionary_enabled(path, true);
        }
    }
    properties.build()
}

/// A full disk is told apart from what is ours to look into.
fn failed(error: ParquetError) -> Error {
    if let ParquetError::External(source) = &error
        && let Some(io) = source.downcast_ref::<std::io::Error>()
        && io.kind() == std::io::ErrorKind::StorageFull
    {
        return Error::DiskFull;
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use std::io;

    use arrow::{
        array::Int64Array,
        datatypes::{DataType, Field, Schema},
    };

    use super::*;

    /// One column of whole numbers.
    struct Numbers(usize);

    impl Gather for Numbers {
        fn schema(&self) -> Result<SchemaRef, Error> {
            Ok(Arc::new(Schema::new(vec![Field::new(
                "n",
                DataType::Int64,
                false,
            )])))
        }
        fn rows(&self) -> usize {
            self.0
        }
        fn distinct(&self, _: usize) -> u64 {
            u64::MAX
        }
        fn array(&self, _: usize, rows: Range<usize>) -> Result<ArrayRef, Error> {
            Ok(Arc::new(rows.map(|row| row as i64).collect::<Int64Array>()))
        }
    }

    /// A disk with room for so many bytes.
    struct Disk(usize);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if bytes.len() > self.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_said_wherever_it_fills() -> Result<(), Error> {
        let go_on = CancellationToken::new();
        let numbers = Numbers(10_000);
        let mut whole = Vec::new();
        write(&mut whole, &numbers, 3_000, &go_on, |_| None)?;
        for room in [0, 100, whole.len() / 2, whole.len() - 1] {
            let written = write(Disk(room), &numbers, 3_000, &go_on, |_| None);
            assert!(
                matches!(written, Err(Error::DiskFull)),
                "{room}: {written:?}"
            );
        }
        write(Disk(whole.len()), &numbers, 3_000, &go_on, |_| None).map(|_| ())
    }

    #[test]
    fn a_cancelled_file_is_not_finished() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let written = write(Vec::new(), &Numbers(10), 3, &cancel, |_| None);
        assert!(matches!(written, Err(Error::Cancelled)));
    }
}
