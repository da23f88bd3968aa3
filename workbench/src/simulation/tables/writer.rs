//! Groups into both files, in order, however the threads that encode them overtake each other.

use std::{
    collections::BTreeMap,
    fs::File,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::datatypes::SchemaRef;
use parquet::{
    arrow::{
        ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata,
        arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory},
    },
    file::writer::SerializedFileWriter,
};

use super::{
    columns::Columns,
    digest::{self, GroupDigest},
    encode::{Encoded, Encoder, properties},
    schema::{PATIENTS_FILE, VISITS_FILE, patients_schema, visits_schema},
    sums::Sums,
};
use crate::{Error, simulation::Means};

/// What was written.
pub(crate) struct Written {
    pub(crate) visits: usize,
    pub(crate) bytes: u64,
    pub(crate) checksum: String,
    pub(crate) means: Option<Means>,
}

/// Both files of a run in the making.
pub(crate) struct Writer {
    encoder: Encoder,
    files: Mutex<Files>,
}

struct Files {
    patients: SerializedFileWriter<File>,
    visits: SerializedFileWriter<File>,
    /// Groups that were ready before their turn.
    waiting: BTreeMap<usize, Encoded>,
    digests: Vec<GroupDigest>,
    sums: Vec<Sums>,
    visit_rows: usize,
}

impl Writer {
    /// New files in an empty folder.
    pub(crate) fn create(folder: &Path) -> Result<Self, Error> {
        let (patients, patients_factory) = open(&folder.join(PATIENTS_FILE), &patients_schema())?;
        let (visits, visits_factory) = open(&folder.join(VISITS_FILE), &visits_schema())?;
        Ok(Self {
            encoder: Encoder {
                patients: patients_factory,
                visits: visits_factory,
            },
            files: Mutex::new(Files {
                patients,
                visits,
                waiting: BTreeMap::new(),
                digests: Vec::new(),
                sums: Vec::new(),
                visit_rows: 0,
            }),
        })
    }

    /// Encodes a group, and writes it and those that waited for it. `number` counts from 0 without gaps.
    pub(crate) fn write(&self, number: usize, columns: Columns) -> Result<(), Error> {
        let encoded = self.encoder.encode(number, columns)?;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.waiting.insert(number, encoded);
        loop {
            let next = files.digests.len();
            match files.waiting.remove(&next) {
                Some(group) => files.append(group)?,
                None => return Ok(()),
            }
        }
    }

    /// Footers, and everything on disk.
    pub(crate) fn finish(self) -> Result<Written, Error> {
        let files = self
            .files
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if !files.waiting.is_empty() {
            return Err(Error::Internal("a group of patients is missing".into()));
        }
        let mut bytes = 0;
        for file in [files.patients, files.visits] {
            let file = file.into_inner()?;
            let failed = |error| Error::io(VISITS_FILE, error);
            file.sync_all().map_err(failed)?;
            bytes += file.metadata().map_err(failed)?.len();
        }
        Ok(Written {
            visits: files.visit_rows,
            bytes,
            checksum: digest::of_run(&files.digests),
            means: Sums::means(&files.sums),
        })
    }
}

impl Files {
    fn append(&mut self, group: Encoded) -> Result<(), Error> {
        append(&mut self.patients, group.patients)?;
        append(&mut self.visits, group.visits)?;
        self.digests.push(group.digest);
        self.sums.push(group.sums);
        self.visit_rows += group.visit_rows;
        Ok(())
    }
}

fn open(
    path: &Path,
    schema: &SchemaRef,
) -> Result<(SerializedFileWriter<File>, ArrowRowGroupWriterFactory), Error> {
    let file = File::create_new(path).map_err(|error| Error::io(path, error))?;
    let mut properties = properties(schema)?;
    add_encoded_arrow_schema_to_metadata(schema, &mut properties);
    let parquet = ArrowSchemaConverter::new().convert(schema)?;
    let writer = SerializedFileWriter::new(file, parquet.root_schema_ptr(), Arc::new(properties))?;
    let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(schema));
    Ok((writer, factory))
}

fn append(
    file: &mut SerializedFileWriter<File>,
    chunks: Vec<ArrowColumnChunk>,
) -> Result<(), Error> {
    let mut group = file.next_row_group()?;
    for chunk in chunks {
        chunk.append_to_row_group(&mut group)?;
    }
    group.close()?;
    Ok(())
}
