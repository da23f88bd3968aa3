//! What a reader sees of each column: type, missing, distinct, range, categories, sketch. Read from
//! the Parquet copy column by column, so that memory is one column's counters a core, however wide
//! the table is.

use std::{
    fs::File,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Date32Type, Field, Float64Type, Int64Type, Schema},
};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
};

use super::{
    source::Job,
    tally::{IntegerTally, NumberTally, TextTally, sketch},
    types::{ColumnInfo, ColumnType},
};
use crate::Error;

/// Rows of a batch of short values.
const BATCH_ROWS: u64 = 32_768;

/// Bytes of a batch of long values.
const BATCH_BYTES: u64 = 8 << 20;

/// Cores used for one import at most: the server has other people too.
const MAX_THREADS: usize = 4;

/// Looks at every column of a table.
pub(super) fn profile(path: &Path, job: &Job) -> Result<Vec<ColumnInfo>, Error> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let table = Table {
        path,
        metadata: metadata_of(&file)?,
        job,
    };
    let columns = table.metadata.schema().fields().len();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= columns {
                return Ok::<_, Error>(done);
            }
            done.push((index, table.column(index)?));
        }
    };
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MAX_THREADS)
        .min(columns);
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| {
                worker.join().unwrap_or_else(|_| {
                    Err(Error::Internal("a column's profile panicked".to_owned()))
                })
            })
            .collect::<Result<Vec<_>, _>>()
    })?;
    let mut all: Vec<(usize, ColumnInfo)> = parts.into_iter().flatten().collect();
    all.sort_unstable_by_key(|(index, _)| *index);
    Ok(all.into_iter().map(|(_, column)| column).collect())
}

/// Text is read as views into the pages, so that a long value that repeats is held once.
fn metadata_of(file: &File) -> Result<ArrowReaderMetadata, Error> {
    let plain = ArrowReaderMetadata::load(file, ArrowReaderOptions::new())?;
    let fields = plain
        .schema()
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Utf8 => Arc::new(Field::new(field.name(), DataType::Utf8View, true)),
            _ => field.clone(),
        });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    Ok(ArrowReaderMetadata::try_new(
        plain.metadata().clone(),
        options,
    )?)
}

struct Table<'a> {
    path: &'a Path,
    metadata: ArrowReaderMetadata,
    job: &'a Job,
}

impl Table<'_> {
    fn column(&self, index: usize) -> Result<ColumnInfo, Error> {
        let field = self.metadata.schema().field(index);
        let mut info = ColumnInfo {
            name: field.name().clone(),
            column_type: ColumnType::Text,
            is_numeric: false,
            missing: 0,
            distinct: 0,
            range: None,
            dates: None,
            categories: Vec::new(),
            decimals: 0,
            sketch: Vec::new(),
        };
        match field.data_type() {
            DataType::Int64 => self.integers(index, &mut info)?,
            DataType::Float64 => self.numbers(index, &mut info)?,
            DataType::Date32 => self.dates(index, &mut info)?,
            _ => self.texts(index, &mut info)?,
        }
        Ok(info)
    }

    fn integers(&self, index: usize, info: &mut ColumnInfo) -> Result<(), Error> {
        let mut tally = IntegerTally::default();
        self.scan(index, |array| {
            info.missing += array.null_count() as u64;
            array
                .as_primitive::<Int64Type>()
                .iter()
                .flatten()
                .for_each(|value| tally.add(value));
        })?;
        info.is_numeric = true;
        if tally.fill(info)
            && let Some((range, bins)) = tally.bins()
        {
            let mut counts = vec![0; bins];
            self.scan(index, |array| {
                let values = array.as_primitive::<Int64Type>().iter().flatten();
                sketch(values.map(|value| value as f64), range, &mut counts);
            })?;
            info.sketch = counts;
        }
        Ok(())
    }

    fn numbers(&self, index: usize, info: &mut ColumnInfo) -> Result<(), Error> {
        let mut tally = NumberTally::default();
        self.scan(index, |array| {
            info.missing += array.null_count() as u64;
            array
                .as_primitive::<Float64Type>()
                .iter()
                .flatten()
                .for_each(|value| tally.add(value));
        })?;
        info.is_numeric = true;
        tally.fill(info);
        if let Some(range) = info.range {
            let mut counts = vec![
                0;
                if range[0] < range[1] {
                    ColumnInfo::SKETCH_BINS
                } else {
                    1
                }
            ];
            self.scan(index, |array| {
                sketch(
                    array.as_primitive::<Float64Type>().iter().flatten(),
                    range,
                    &mut counts,
                );
            })?;
            info.sketch = counts;
        }
        Ok(())
    }

    /// Days are counted like whole numbers; their range is one of days.
    fn dates(&self, index: usize, info: &mut ColumnInfo) -> Result<(), Error> {
        let mut tally = IntegerTally::default();
        self.scan(index, |array| {
            info.missing += array.null_count() as u64;
            array
                .as_primitive::<Date32Type>()
                .iter()
                .flatten()
                .for_each(|value| tally.add(i64::from(value)));
        })?;
        info.column_type = ColumnType::Date;
        info.distinct = tally.distinct();
        info.dates = tally.dates();
        if let Some((range, bins)) = tally.bins() {
            let mut counts = vec![0; bins];
            self.scan(index, |array| {
                let values = array.as_primitive::<Date32Type>().iter().flatten();
                sketch(values.map(f64::from), range, &mut counts);
            })?;
            info.sketch = counts;
        }
        Ok(())
    }

    fn texts(&self, index: usize, info: &mut ColumnInfo) -> Result<(), Error> {
        let mut tally = TextTally::default();
        self.scan(index, |array| {
            info.missing += array.null_count() as u64;
            array
                .as_string_view()
                .iter()
                .flatten()
                .for_each(|value| tally.add(value));
        })?;
        tally.fill(info);
        Ok(())
    }

    /// Reads one column from beginning to end.
    fn scan(&self, index: usize, mut take: impl FnMut(&ArrayRef)) -> Result<(), Error> {
        // Each reader has a file of its own: a duplicated handle would share its position.
        let file = File::open(self.path).map_err(|e| Error::io(self.path, e))?;
        let mask = ProjectionMask::roots(
            self.metadata.metadata().file_metadata().schema_descr(),
            [index],
        );
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_projection(mask)
                .with_batch_size(self.batch_rows(index))
                .build()?;
        for batch in reader {
            self.job.check_cancel()?;
            take(batch?.column(0));
        }
        Ok(())
    }

    /// Fewer rows at a time where values are long.
    fn batch_rows(&self, index: usize) -> usize {
        let groups = self.metadata.metadata().row_groups();
        let longest = groups.iter().map(|group| {
            let column = group.column(index);
            let bytes = u64::try_from(column.uncompressed_size()).unwrap_or(0);
            bytes / u64::try_from(column.num_values()).unwrap_or(1).max(1)
        });
        let bytes = longest.max().unwrap_or(0).max(1);
        usize::try_from((BATCH_BYTES / bytes).clamp(16, BATCH_ROWS)).unwrap_or(16)
    }
}
