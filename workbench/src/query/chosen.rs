//! Some rows of a result, by their numbers: shown, or as a download. What chose them (a region of
//! a plot) is not known here.

use bytes::Bytes;
use futures::{Stream, stream};
use tokio::sync::mpsc;

use super::{
    ResultInfo,
    cell::shown,
    export::{PIECES_WAITING, Pieces, csv_header, csv_rows, stopped},
    page::read,
};
use crate::{Error, Workbench};

/// Rows of a download read at a time.
const SLICE_ROWS: usize = 1 << 14;

impl Workbench {
    /// The rows of these numbers, in this order, as cells in each column's precision.
    pub(crate) fn shown_rows(
        &self,
        result: &ResultInfo,
        rows: &[u32],
    ) -> Result<Vec<Vec<Option<String>>>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let batch = self.result_source(result, |source| read::rows(source, rows))?;
        let row = |row: usize| {
            let cells = batch.columns().iter().zip(&result.columns);
            cells
                .map(|(cells, column)| shown(cells, row, column.decimals))
                .collect()
        };
        Ok((0..batch.num_rows()).map(row).collect())
    }

    /// The rows that `choose` gives as CSV, all columns. `choose` may block; a reader that goes
    /// away ends the work.
    pub(crate) fn export_rows<F>(
        &self,
        result: &ResultInfo,
        choose: F,
    ) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static + use<F>
    where
        F: FnOnce() -> Result<Vec<u32>, Error> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        let (bench, result) = (self.clone(), result.clone());
        tokio::task::spawn_blocking(move || {
            let mut pieces = Pieces::new(sender.clone());
            let written = choose().and_then(|rows| bench.write_rows(&result, &rows, &mut pieces));
            if let Err(error) = written {
                // Nobody to tell if the reader has gone.
                let _gone = sender.blocking_send(Err(error));
            }
        });
        stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|piece| (piece, receiver))
        })
    }

    fn write_rows(&self, result: &ResultInfo, rows: &[u32], out: &mut Pieces) -> Result<(), Error> {
        csv_header(result, out)?;
        for slice in rows.chunks(SLICE_ROWS) {
            let batch = self.result_source(result, |source| read::rows(source, slice))?;
            csv_rows(batch.columns(), out)?;
        }
        std::io::Write::flush(out).map_err(stopped)
    }
}
