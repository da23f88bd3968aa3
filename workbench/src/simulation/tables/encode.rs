//! A group's columns into a row group of each file: compressed, ready to be appended. Done on any thread.

use arrow::{array::RecordBatch, datatypes::Schema};
use parquet::{
    arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves},
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
    schema::types::ColumnPath,
};

use super::{
    columns::Columns,
    digest::{self, GroupDigest},
    sums::Sums,
};
use crate::Error;

/// Rows of a page: what has to be unpacked for one row.
const PAGE_ROWS: usize = 1 << 15;

/// A group, encoded.
pub(super) struct Encoded {
    pub(super) patients: Vec<ArrowColumnChunk>,
    pub(super) visits: Vec<ArrowColumnChunk>,
    pub(super) digest: GroupDigest,
    pub(super) sums: Sums,
    pub(super) visit_rows: usize,
}

/// Encodes groups for the files of one writer.
pub(crate) struct Encoder {
    pub(super) patients: ArrowRowGroupWriterFactory,
    pub(super) visits: ArrowRowGroupWriterFactory,
}

impl Encoder {
    /// One group, `number` counted from 0.
    pub(super) fn encode(&self, number: usize, columns: Columns) -> Result<Encoded, Error> {
        let (patients, visits) = columns.finish()?;
        Ok(Encoded {
            digest: digest::of_group(&patients, &visits)?,
            sums: Sums::of_group(&patients),
            visit_rows: visits.num_rows(),
            patients: chunks(&self.patients, number, &patients)?,
            visits: chunks(&self.visits, number, &visits)?,
        })
    }
}

fn chunks(
    factory: &ArrowRowGroupWriterFactory,
    number: usize,
    table: &RecordBatch,
) -> Result<Vec<ArrowColumnChunk>, Error> {
    let mut writers = factory.create_column_writers(number)?.into_iter();
    let mut chunks = Vec::with_capacity(table.num_columns());
    for (field, column) in table.schema_ref().fields().iter().zip(table.columns()) {
        for leaf in compute_leaves(field, column)? {
            let missing = || Error::Internal(format!("no writer for {}", field.name()));
            let mut writer = writers.next().ok_or_else(missing)?;
            writer.write(&leaf)?;
            chunks.push(writer.close()?);
        }
    }
    Ok(chunks)
}

/// How a table is written: sorted numbers as differences, measures byte by byte of all (`BYTE_STREAM_SPLIT`), the rest
/// with a dictionary; all of it under zstd. Of patients and times the least and most of each row group are kept, so that groups
/// can be passed over; of the rest they would say nothing.
pub(super) fn properties(schema: &Schema) -> Result<WriterProperties, Error> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::None);
    for field in schema.fields() {
        let column = ColumnPath::from(field.name().as_str());
        properties = match field.name().as_str() {
            "patient_id" | "date" | "enrollment_date" | "time_days" => properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column.clone(), Encoding::DELTA_BINARY_PACKED)
                .set_column_statistics_enabled(column, EnabledStatistics::Chunk),
            "vision" | "baseline_vision" | "final_vision" => properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::BYTE_STREAM_SPLIT),
            _ => properties,
        };
    }
    Ok(properties.build())
}
