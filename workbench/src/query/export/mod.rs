//! A result as a download: streamed, in full precision, as much of it in memory as one slice.

mod csv;
mod name;
mod pieces;

use std::{
    io::{self, Write},
    ops::Range,
};

use arrow::{array::ArrayRef, compute::take, datatypes::SchemaRef};
use bytes::Bytes;
use futures::{Stream, stream};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use self::name::{export_name, query_name, saved_name};
pub(crate) use self::pieces::{PIECES_WAITING, Pieces};
pub(super) use self::{
    csv::{csv_header, csv_names, csv_rows, push_text},
    pieces::stopped,
};
use super::{
    ExportFormat, PageRequest, ResultInfo,
    index::Source,
    merge::{GROUP_ROWS, Gather, nullable, write},
    page::Order,
    parallel::parallel,
};
use crate::{Error, Workbench};

/// Rows gathered at a time for a sorted or filtered CSV: each slice may mean reading the columns
/// again when they do not fit into the cache.
const SLICE_ROWS: usize = 1 << 16;

impl Workbench {
    /// A result as a stream of bytes, in `request`'s order and with its filters, all rows of it.
    /// A reader that goes away ends the work. With an object store, [`Workbench::bring`] tells before it begins whether
    /// the file can be had.
    pub fn export(
        &self,
        result: &ResultInfo,
        format: ExportFormat,
        request: &PageRequest,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + 'static, Error> {
        let is_local = self.inner.storage.is_local();
        if is_local && !self.result_path(&result.id).exists() {
            return Err(Error::Missing("The merged result".into()));
        }
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        let (bench, result, request) = (self.clone(), result.clone(), request.clone());
        tokio::task::spawn_blocking(move || {
            let mut pieces = Pieces::new(sender.clone());
            let written = bench.write_out(&result, format, &request, &mut pieces);
            let written = written.and_then(|()| pieces.flush().map_err(stopped));
            if let Err(error) = written {
                // Nobody to tell if the reader has gone.
                let _gone = sender.blocking_send(Err(error));
            }
        });
        Ok(stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|piece| (piece, receiver))
        }))
    }

    fn write_out(
        &self,
        result: &ResultInfo,
        format: ExportFormat,
        request: &PageRequest,
        out: &mut Pieces,
    ) -> Result<(), Error> {
        let order = self.order(result, request)?;
        self.result_source(result, |source| match (format, &*order) {
            (ExportFormat::Parquet, Order::Own(_)) => {
                io::copy(&mut source.open()?, out).map_err(stopped)?;
                Ok(())
            }
            (ExportFormat::Parquet, Order::Rows(rows)) => {
                let ordered = Ordered { source, rows };
                let cancel = CancellationToken::new();
                write(out, &ordered, GROUP_ROWS, &cancel, |_| None)?;
                Ok(())
            }
            (ExportFormat::Csv, Order::Own(_)) => {
                csv_header(result, out)?;
                let reader = source.footer()?.reader.clone();
                let reader =
                    ParquetRecordBatchReaderBuilder::new_with_metadata(source.open()?, reader);
                for batch in reader.build()? {
                    csv_rows(batch?.columns(), out)?;
                }
                Ok(())
            }
            (ExportFormat::Csv, Order::Rows(rows)) => {
                csv_header(result, out)?;
                let ordered = Ordered { source, rows };
                for start in (0..rows.len()).step_by(SLICE_ROWS) {
                    let range = start..rows.len().min(start + SLICE_ROWS);
                    let columns =
                        parallel(result.columns.len(), |at| ordered.array(at, range.clone()))?;
                    csv_rows(&columns, out)?;
                }
                Ok(())
            }
        })
    }
}

/// A result's rows in another order.
struct Ordered<'a> {
    source: Source<'a>,
    rows: &'a [u32],
}

impl Gather for Ordered<'_> {
    fn schema(&self) -> Result<SchemaRef, Error> {
        Ok(self.source.footer()?.reader.schema().clone())
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Not known of a result; most columns of one repeat their values.
    fn distinct(&self, _column: usize) -> u64 {
        0
    }

    fn array(&self, column: usize, rows: Range<usize>) -> Result<ArrayRef, Error> {
        let footer = self.source.footer()?;
        let values = self
            .source
            .column(footer.reader.schema().field(column).name())?;
        let pointers = nullable(self.rows[rows].iter().copied());
        Ok(take(&values.values, &pointers, None)?)
    }
}
