//! One import, from a file as it came to a table: look, recognise, read twice, describe, keep.
//!
//! The source is only ever read. Until the last step nothing is under its name, so an error, a
//! cancel, a crash or a full disk leaves nothing behind.
//!
//! **Memory** is bounded whatever the file's size: a row (64 MB at most), four batches (8 MB of text
//! each), one row group (128 MB) while converting, and one column's counters and batch a core while
//! describing. Ordinary files stay far below that; `tests/data/large.rs` measures it.

use std::{path::Path, sync::Arc};

use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    convert,
    csv_table::CsvTable,
    infer::{Plan, infer},
    jsonlines::JsonLines,
    names::{sanitise_name, shown_file_name},
    parquet_source::ParquetSource,
    profile::profile,
    row::Rows,
    shelf::now_ms,
    sink::{Sink, Written},
    sniff::{self, Format},
    source::{Job, Source, grouped},
    survey,
    types::{SourceFormat, TableInfo},
};
use crate::{Error, Workbench, yielding::yielding};

/// Part of every table's id: raised when the reader reads something differently, so that tables
/// read before are not mistaken for it.
const READER_VERSION: u32 = 1;

/// Notes kept of one table: a page can show them, and a file of a thousand odd columns says no more
/// than one of twenty.
const MAX_NOTES: usize = 20;

impl Workbench {
    /// Reads a file into a table: CSV (`,` `;` `|`), TSV, Parquet or JSON lines, told by content.
    /// `file_name` is the name as it came; the table is called after it, and making that unique in a
    /// study is the caller's. The same content gives the same table and is converted once.
    ///
    /// # Errors
    /// [`Error::BadFile`] with line and column where known, [`Error::TooLarge`] with the setting,
    /// [`Error::Cancelled`], [`Error::DiskFull`]; nothing is kept after any of them.
    pub async fn import(
        &self,
        source: &Path,
        file_name: &str,
        cancel: &CancellationToken,
    ) -> Result<TableInfo, Error> {
        self.import_from(Source::File(source.to_owned()), file_name, cancel)
            .await
    }

    pub(super) async fn import_from(
        &self,
        source: Source,
        file_name: &str,
        cancel: &CancellationToken,
    ) -> Result<TableInfo, Error> {
        let job = Job {
            source,
            file: Arc::from(shown_file_name(file_name)),
            limits: self.limits().clone(),
            cancel: cancel.clone(),
            read: Arc::clone(&self.inner.read),
        };
        let workbench = self.clone();
        let work = move || yielding(move || workbench.import_blocking(&job));
        let run = tokio::task::spawn_blocking(work);
        run.await
            .map_err(|e| Error::Internal(format!("the import stopped: {e}")))?
    }

    fn import_blocking(&self, job: &Job) -> Result<TableInfo, Error> {
        job.check_cancel()?;
        let head = survey::head(job)?;
        if head.is_empty() {
            return Err(
                job.bad_file("the file is empty. A table needs at least a line with column names.")
            );
        }
        let format = sniff::format_of(job, &head)?;
        let survey = survey::survey(job, &head, format != Format::Parquet)?;
        let delimiter = match format {
            Format::Separated => sniff::delimiter(job, &head, survey.encoding)?,
            Format::JsonLines | Format::Parquet => b',',
        };
        let shown = sniff::shown_format(format, delimiter);
        let id = table_id(&survey.checksum, shown);
        let known = match self.known_table(&id) {
            // The program has it, and what is damaged is put again.
            Err(Error::StoreAway { .. }) if matches!(job.source, Source::Bytes(_)) => None,
            Err(Error::StoreDamaged { .. }) => None,
            known => known?,
        };
        let is_sample = matches!(job.source, Source::Bytes(_));
        let mut table = match known {
            Some(table) => {
                if !is_sample {
                    self.put_known(&table.id)?;
                }
                table
            }
            None => {
                let open = || -> Result<Box<dyn Rows>, Error> {
                    let input = job.open()?;
                    let text = survey
                        .encoding
                        .decode(input)
                        .map_err(|e| job.source.io_error(e))?;
                    Ok(match format {
                        Format::JsonLines => Box::new(JsonLines::new(text, job)),
                        Format::Separated | Format::Parquet => {
                            Box::new(CsvTable::open(text, delimiter, job)?)
                        }
                    })
                };
                let target = self.table_path(&id);
                let (written, plan) = match format {
                    Format::Parquet => copy_parquet(&target, job)?,
                    Format::Separated | Format::JsonLines => {
                        convert_text(&open, delimiter, &target, job)?
                    }
                };
                let table = TableInfo {
                    id,
                    name: String::new(),
                    file_name: String::new(),
                    format: shown,
                    bytes: survey.bytes,
                    rows: written.rows,
                    columns: profile(written.path(), job)?,
                    checksum: survey.checksum,
                    is_sample: false,
                    notes: shortened(
                        survey
                            .encoding
                            .note()
                            .map(str::to_owned)
                            .into_iter()
                            .chain(plan.notes),
                    ),
                    imported_at: 0,
                };
                job.check_cancel()?;
                self.keep_table(&table, written, is_sample)?;
                table
            }
        };
        table.name = sanitise_name(&job.file);
        table.file_name = job.file.to_string();
        table.imported_at = now_ms();
        Ok(table)
    }
}

fn convert_text(
    open: &dyn Fn() -> Result<Box<dyn Rows>, Error>,
    delimiter: u8,
    target: &Path,
    job: &Job,
) -> Result<(Written, Plan), Error> {
    let plan = infer(open()?.as_mut(), delimiter, job)?;
    let sink = Sink::create(target, convert::schema_of(&plan))?;
    let sink = convert::convert(open()?.as_mut(), &plan, sink, job)?;
    Ok((sink.finish()?, plan))
}

fn copy_parquet(target: &Path, job: &Job) -> Result<(Written, Plan), Error> {
    let Source::File(path) = &job.source else {
        return Err(Error::Internal(
            "Parquet is read from files only".to_owned(),
        ));
    };
    let source = ParquetSource::open(path, job)?;
    let sink = Sink::create(target, source.schema())?;
    let (sink, plan) = source.copy(sink, job)?;
    Ok((sink.finish()?, plan))
}

/// The same bytes read the same way are the same table.
fn table_id(checksum: &str, format: SourceFormat) -> String {
    let mut hash = Sha256::new();
    hash.update(format!(
        "holdfast table {READER_VERSION} {format:?} {checksum}"
    ));
    hex::encode(&hash.finalize()[..16])
}

fn shortened(notes: impl Iterator<Item = String>) -> Vec<String> {
    let mut notes: Vec<String> = notes.collect();
    let more = notes.len().saturating_sub(MAX_NOTES);
    if more > 0 {
        notes.truncate(MAX_NOTES);
        notes.push(format!(
            "And {} more notes like these.",
            grouped(more as u64)
        ));
    }
    notes
}
