//! What a query came to, as a ZIP that goes with the data:
//!
//! ```text
//! README.txt                  what was asked of which data, when, by which version
//! filtering_report.csv        who was left after each filter
//! data_summary.csv            the columns of the result
//! data_summary_by_visit.csv   the same, visit by visit, where rows are visits
//! query.toml                  the query, to be read in again
//! ```
//!
//! Counts are the live count's, columns those of the merge; nothing has to be merged first, and nothing is kept. Memory
//! beside the index: the cells of one column, 12 bytes a row to order them, and what is on its way to the reader.

mod columns;
mod figures;
mod readme;
mod steps;

use std::io::Write;

use bytes::Bytes;
use futures::{Stream, stream};
use tokio::sync::mpsc;
use zip::{
    CompressionMethod, ZipWriter,
    result::ZipError,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{
    CountReport, MergeSpec,
    export::{PIECES_WAITING, Pieces, query_name, stopped},
    off_thread,
    parameters::parameters_file,
};
use crate::{Error, Study, Workbench};

/// A summary that is ready to be written.
pub struct Summary {
    bench: Workbench,
    study: Study,
    spec: MergeSpec,
    now_ms: i64,
    report: CountReport,
    /// What each step filters by, and on what: one for each step after the first.
    filters: Vec<steps::FilterOf>,
}

impl Workbench {
    /// Counts what a query leaves, for a summary of it.
    ///
    /// # Errors
    /// As the live count: tables that are gone, a cohort table without its key.
    pub async fn summary(
        &self,
        study: &Study,
        spec: &MergeSpec,
        now_ms: i64,
    ) -> Result<Summary, Error> {
        let (bench, study, spec) = (self.clone(), study.clone(), spec.clone());
        off_thread(move || {
            let report = bench.count_now(&study, &spec.filters, &spec.selection)?;
            let index = bench.index(&study)?;
            let filters = bench.filters(&study, &index, &spec.filters)?;
            Ok(Summary {
                filters: filters.active(None).map(steps::FilterOf::of).collect(),
                report,
                bench,
                study,
                spec,
                now_ms,
            })
        })
        .await
    }
}

impl Summary {
    /// `demographics_labs_exams_long_20260102_030405.zip`.
    pub fn name(&self) -> String {
        query_name(&self.study, &self.spec, "zip", self.now_ms)
    }

    /// The ZIP, written while it is read. A reader that goes away ends the work.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = self.write(Pieces::new(sender.clone())) {
                // Nobody to tell if the reader has gone.
                let _gone = sender.blocking_send(Err(error));
            }
        });
        stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|piece| (piece, receiver))
        })
    }

    fn write(&self, out: Pieces) -> Result<(), Error> {
        let merged = self.bench.merged(&self.study, &self.spec)?;
        let visits = columns::Visits::of(&merged)?;
        let mut archive = ZipWriter::new_stream(out);
        let start = |archive: &mut ZipWriter<StreamWriter<Pieces>>, name: &str| {
            let packed =
                SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            archive.start_file(name, packed).map_err(failed)
        };
        start(&mut archive, "README.txt")?;
        let text = readme::text(self, &merged, visits.as_ref());
        archive.write_all(text.as_bytes()).map_err(stopped)?;
        start(&mut archive, "filtering_report.csv")?;
        let text = steps::csv(&self.report, &self.filters);
        archive.write_all(text.as_bytes()).map_err(stopped)?;
        start(&mut archive, "data_summary.csv")?;
        columns::write(&merged, &mut archive)?;
        if let Some(visits) = visits.filter(|visits| !visits.is_too_many()) {
            start(&mut archive, "data_summary_by_visit.csv")?;
            visits.write(&merged, &mut archive)?;
        }
        start(&mut archive, "query.toml")?;
        let text = parameters_file(&self.spec, "", self.now_ms)?;
        archive.write_all(text.as_bytes()).map_err(stopped)?;
        let mut out = archive.finish().map_err(failed)?.into_inner();
        out.flush().map_err(stopped)
    }
}

fn failed(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => stopped(error),
        error => Error::Internal(format!("a summary cannot be written: {error}")),
    }
}

/// `part` of `whole` in percent, with two decimals; of nothing, 0.
#[expect(clippy::cast_precision_loss, reason = "two decimals of a percentage")]
fn percent(part: u64, whole: u64) -> String {
    let share = if whole == 0 {
        0.0
    } else {
        100.0 * part as f64 / whole as f64
    };
    format!("{share:.2}")
}

/// A line of a CSV file; a cell that a spreadsheet would run is defused.
fn line(cells: &[&str]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        super::export::push_text(cell, &mut line);
    }
    line.push('\n');
    line
}

fn put(out: &mut impl Write, cells: &[&str]) -> Result<(), Error> {
    out.write_all(line(cells).as_bytes()).map_err(stopped)
}
