//! Where converted rows go: Parquet with snappy and statistics, in row groups that two cores can
//! share and that fit in memory.

use std::{fs::File, path::Path};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    file::properties::{EnabledStatistics, WriterProperties},
};

use super::part_file::PartFile;
use crate::Error;

/// Rows of a row group: a million rows make four, so that readers work side by side, and
/// statistics skip whole groups of a sorted table.
const GROUP_ROWS: usize = 262_144;

/// Bytes held by the writer before a row group is closed early: the bound for wide tables.
const GROUP_BYTES: usize = 128 << 20;

/// An unfinished Parquet file.
pub(super) struct Sink {
    writer: ArrowWriter<File>,
    part: PartFile,
    rows: u64,
}

/// A finished Parquet file that is not yet under its name.
pub(super) struct Written {
    part: PartFile,
    file: File,
    pub(super) rows: u64,
}

impl Sink {
    pub(super) fn create(target: &Path, schema: SchemaRef) -> Result<Self, Error> {
        let (part, file) = PartFile::create(target)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_created_by(concat!("holdfast ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let writer = ArrowWriter::try_new(file, schema, Some(properties))?;
        Ok(Self {
            writer,
            part,
            rows: 0,
        })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.writer.write(batch)?;
        self.rows += batch.num_rows() as u64;
        if self.writer.memory_size() > GROUP_BYTES {
            self.writer.flush()?;
        }
        Ok(())
    }

    /// Writes the footer. The file still has to be kept.
    pub(super) fn finish(self) -> Result<Written, Error> {
        Ok(Written {
            file: self.writer.into_inner()?,
            part: self.part,
            rows: self.rows,
        })
    }
}

impl Written {
    /// Where it can be read before it is kept.
    pub(super) fn path(&self) -> &Path {
        self.part.path()
    }

    /// Puts it under its name, durably.
    pub(super) fn keep(self) -> Result<(), Error> {
        self.part.keep(&self.file)
    }
}
