//! First and last days that a table's description lacks, as those from before there were any do. They are read out of the
//! footer of the Parquet copy, once: the description is kept with them.

use arrow::datatypes::DataType;
use parquet::{
    arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions},
    file::{metadata::ParquetMetaData, statistics::Statistics},
};

use super::{
    day::Day,
    types::{ColumnInfo, ColumnType, TableInfo},
};
use crate::{Error, Workbench};

impl Workbench {
    /// These tables, with the first and the last day of each column of dates. What cannot be found out stays out.
    pub async fn with_days(&self, tables: Vec<TableInfo>) -> Vec<TableInfo> {
        if !tables.iter().any(lacks_days) {
            return tables;
        }
        let (workbench, mut filled) = (self.clone(), tables.clone());
        let work = move || {
            for table in filled.iter_mut().filter(|table| lacks_days(table)) {
                workbench.take_days(table);
            }
            filled
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(tables)
    }

    /// Takes the days from the table's description, which has them once the table was opened, or from the table itself. A page
    /// does not wait for the store: only what is on this server is read.
    fn take_days(&self, table: &mut TableInfo) {
        let has_copy = self.table_path(&table.id).is_file();
        let Some(mut known) = self.description_here(&table.id) else {
            if has_copy && let Err(error) = self.read_days(table) {
                tracing::warn!(table = %table.id, %error, "its days stay unknown");
            }
            return;
        };
        if has_copy {
            self.fill_days(&mut known);
        }
        for column in table.columns.iter_mut().filter(|column| lacks(column)) {
            column.dates = known.column(&column.name).and_then(|known| known.dates);
        }
    }

    /// Reads the days that a description lacks, and keeps it with them. Nobody needs them to open the table: what fails
    /// here is tried again by the next one who does.
    pub(super) fn fill_days(&self, table: &mut TableInfo) {
        if !lacks_days(table) {
            return;
        }
        let before = table.clone();
        let kept = match self.read_days(table) {
            Ok(()) if *table != before => self.keep_description(table),
            read => read,
        };
        if let Err(error) = kept {
            tracing::warn!(table = %table.id, %error, "the days of a table are not kept");
        }
    }

    fn read_days(&self, table: &mut TableInfo) -> Result<(), Error> {
        let Some(file) = self.inner.storage.open(&self.table_path(&table.id))? else {
            return Ok(());
        };
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
        for column in table.columns.iter_mut().filter(|column| lacks(column)) {
            let mut fields = metadata.schema().fields().iter();
            let place = fields.position(|field| {
                *field.name() == column.name && *field.data_type() == DataType::Date32
            });
            column.dates = place.and_then(|place| days_of(metadata.metadata(), place));
        }
        Ok(())
    }
}

/// Whether there are days of which the description does not tell.
fn lacks_days(table: &TableInfo) -> bool {
    table.columns.iter().any(lacks)
}

fn lacks(column: &ColumnInfo) -> bool {
    column.column_type == ColumnType::Date && column.distinct > 0 && column.dates.is_none()
}

/// First and last day of a column; `None` where a part of it does not tell, or they are beyond the calendar.
fn days_of(table: &ParquetMetaData, place: usize) -> Option<[Day; 2]> {
    let mut range = None::<[i32; 2]>;
    for group in table.row_groups() {
        let chunk = group.column(place);
        let Statistics::Int32(told) = chunk.statistics()? else {
            return None;
        };
        // Missing values count here.
        if told.null_count_opt() == u64::try_from(chunk.num_values()).ok() {
            continue;
        }
        let (first, last) = (*told.min_opt()?, *told.max_opt()?);
        let [min, max] = range.unwrap_or([first, last]);
        range = Some([min.min(first), max.max(last)]);
    }
    let [first, last] = range?.map(|days| Day::of(i64::from(days)));
    Some([first?, last?])
}
