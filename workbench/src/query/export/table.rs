//! An imported table as a download: its copy in Parquet as it is, or every cell of it as text.

use std::io;

use bytes::Bytes;
use futures::Stream;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Pieces, csv_header, csv_rows, stopped, streamed};
use crate::{Error, Workbench, data::TableInfo, query::ExportFormat};

impl Workbench {
    /// A table as a stream of bytes, all of its rows in the order of its file. A reader that goes away ends the work.
    ///
    /// # Errors
    /// [`Error::Missing`] where its copy is not here any more.
    pub fn export_table(
        &self,
        table: &TableInfo,
        format: ExportFormat,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + 'static + use<>, Error> {
        if !self.table_exists(&table.id) {
            return Err(Error::Missing(format!("The table {}", table.name)));
        }
        let (bench, table) = (self.clone(), table.clone());
        Ok(streamed(move |out| bench.write_table(&table, format, out)))
    }

    fn write_table(
        &self,
        table: &TableInfo,
        format: ExportFormat,
        out: &mut Pieces,
    ) -> Result<(), Error> {
        self.table_source(table, |source| match format {
            ExportFormat::Parquet => {
                io::copy(&mut source.open()?, out).map_err(stopped)?;
                Ok(())
            }
            ExportFormat::Csv => {
                let names = table.columns.iter().map(|column| column.name.as_str());
                csv_header(names, out)?;
                let footer = source.footer()?.reader.clone();
                let reader =
                    ParquetRecordBatchReaderBuilder::new_with_metadata(source.open()?, footer);
                for batch in reader.build()? {
                    csv_rows(batch?.columns(), out)?;
                }
                Ok(())
            }
        })
    }
}
