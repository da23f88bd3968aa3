//! An imported table as it is, before any merge: page by page, and as CSV. Results are `page` and `export`.

use bytes::Bytes;
use futures::{Stream, stream};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tokio::sync::mpsc;

use super::{
    Page, PageRequest,
    cell::shown,
    export::{PIECES_WAITING, Pieces, csv_names, csv_rows, stopped},
    index::Source,
    page::read,
};
use crate::{Error, Workbench, data::TableInfo};

impl Workbench {
    /// Rows of a table in the file's own order, cells in each column's precision.
    pub async fn table_page(
        &self,
        table: &TableInfo,
        offset: u64,
        limit: u32,
    ) -> Result<Page, Error> {
        let (bench, table) = (self.clone(), table.clone());
        super::off_thread(move || {
            let start = offset.min(table.rows);
            let limit = u64::from(limit.min(PageRequest::MAX_LIMIT));
            let end = table.rows.min(start.saturating_add(limit));
            let number = |row: u64| u32::try_from(row).map_err(|_| too_many(&table));
            let numbers = (start..end).map(number).collect::<Result<Vec<_>, _>>()?;
            let batch = bench.table_source(&table, |source| read::rows(source, &numbers))?;
            let row = |row: usize| {
                let cells = batch.columns().iter().zip(&table.columns);
                cells
                    .map(|(cells, column)| shown(cells, row, column.decimals))
                    .collect()
            };
            Ok(Page {
                offset: start,
                total: table.rows,
                rows: (0..batch.num_rows()).map(row).collect(),
            })
        })
        .await
    }

    /// A table as CSV, in full precision; as much of it in memory as one batch. A reader that goes away ends the work.
    /// With an object store, [`Workbench::bring`] tells before it begins whether the file can be had.
    ///
    /// # Errors
    /// [`Error::Missing`] when its file is gone.
    pub fn export_table(
        &self,
        table: &TableInfo,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + 'static + use<>, Error> {
        let is_local = self.inner.storage.is_local();
        if is_local && !self.table_path(&table.id).is_file() {
            return Err(Error::Missing(format!("The table {}", table.name)));
        }
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        let (bench, table) = (self.clone(), table.clone());
        tokio::task::spawn_blocking(move || {
            let mut pieces = Pieces::new(sender.clone());
            let written =
                bench.table_source(&table, |source| write_out(source, &table, &mut pieces));
            if let Err(error) = written {
                // Nobody to tell if the reader has gone.
                let _gone = sender.blocking_send(Err(error));
            }
        });
        Ok(stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|piece| (piece, receiver))
        }))
    }
}

fn write_out(source: Source<'_>, table: &TableInfo, out: &mut Pieces) -> Result<(), Error> {
    csv_names(table.columns.iter().map(|column| &*column.name), out)?;
    let reader = source.footer()?.reader.clone();
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source.open()?, reader);
    for batch in reader.build()? {
        csv_rows(batch?.columns(), out)?;
    }
    std::io::Write::flush(out).map_err(stopped)
}

fn too_many(table: &TableInfo) -> Error {
    Error::TooLarge {
        what: format!("The table {}", table.name),
        limit: "4 billion rows".into(),
        setting: "fixed",
    }
}
