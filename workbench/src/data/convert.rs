//! The second pass over a text file: rows into columns, columns into Parquet. Reading and writing
//! run side by side, a few batches apart.

use std::sync::{
    Arc,
    mpsc::{SyncSender, sync_channel},
};

use arrow::{
    array::{ArrayRef, Date32Builder, Float64Builder, Int64Builder, RecordBatch, StringBuilder},
    datatypes::{DataType, Field, Schema, SchemaRef},
};

use super::{
    dates,
    infer::{Column, Plan, Storage},
    row::{Row, Rows},
    sink::Sink,
    source::Job,
    value,
};
use crate::Error;

/// Rows of a batch: enough that the work around a batch costs nothing.
const BATCH_ROWS: usize = 8_192;

/// Bytes of text in a batch; with long cells a batch has fewer rows.
const BATCH_BYTES: usize = 8 << 20;

/// Batches read ahead of the writer. With the one being made and the one being written, four are
/// in memory.
const BATCHES_AHEAD: usize = 2;

/// The schema that a plan is stored with. Every column may be missing a value.
pub(super) fn schema_of(plan: &Plan) -> SchemaRef {
    let field = |column: &Column| Field::new(&column.name, data_type(column.storage), true);
    Arc::new(Schema::new(
        plan.columns.iter().map(field).collect::<Vec<_>>(),
    ))
}

/// Converts all rows. On any failure the sink is dropped, and its file with it.
pub(super) fn convert(
    rows: &mut dyn Rows,
    plan: &Plan,
    sink: Sink,
    job: &Job,
) -> Result<Sink, Error> {
    let schema = schema_of(plan);
    let (send, receive) = sync_channel::<RecordBatch>(BATCHES_AHEAD);
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            let mut sink = sink;
            for batch in receive {
                sink.write(&batch)?;
            }
            Ok::<_, Error>(sink)
        });
        let read = produce(rows, plan, &schema, send, job);
        let written = writer
            .join()
            .map_err(|_| Error::Internal("the Parquet writer panicked".to_owned()))?;
        // When the writer fails, reading merely stops: its error is the one that counts.
        let sink = written?;
        read.map(|()| sink)
    })
}

fn produce(
    rows: &mut dyn Rows,
    plan: &Plan,
    schema: &SchemaRef,
    send: SyncSender<RecordBatch>,
    job: &Job,
) -> Result<(), Error> {
    let mut builders: Vec<Builder> = plan
        .columns
        .iter()
        .map(|c| Builder::new(c.storage))
        .collect();
    let mut row = Row::default();
    let (mut in_batch, mut bytes, mut total) = (0, 0, 0);
    loop {
        let has_row = rows.next(&mut row)?;
        if has_row {
            for (index, builder) in builders.iter_mut().enumerate() {
                if !builder.push(row.cell(index)) {
                    return Err(changed(
                        job,
                        row.line,
                        plan.columns.get(index).map(|c| c.name.clone()),
                    ));
                }
            }
            in_batch += 1;
            total += 1;
            bytes += row.bytes();
        }
        if in_batch > 0 && (!has_row || in_batch == BATCH_ROWS || bytes >= BATCH_BYTES) {
            job.check_cancel()?;
            let arrays = builders.iter_mut().map(Builder::finish).collect();
            if send
                .send(RecordBatch::try_new(schema.clone(), arrays)?)
                .is_err()
            {
                return Ok(());
            }
            (in_batch, bytes) = (0, 0);
        }
        if !has_row {
            break;
        }
    }
    if total == plan.rows {
        Ok(())
    } else {
        Err(changed(job, row.line, None))
    }
}

/// The two passes saw different files.
fn changed(job: &Job, line: u64, column: Option<String>) -> Error {
    job.bad(
        Some(line),
        column,
        "the file changed while it was read. Import it again.",
    )
}

fn data_type(storage: Storage) -> DataType {
    match storage {
        Storage::Integer => DataType::Int64,
        Storage::Number | Storage::Comma => DataType::Float64,
        Storage::Date(_) => DataType::Date32,
        Storage::Text => DataType::Utf8,
    }
}

enum Builder {
    Integer(Int64Builder),
    Number(Float64Builder),
    Comma(Float64Builder),
    Date(Date32Builder, dates::Order),
    Text(StringBuilder),
}

impl Builder {
    fn new(storage: Storage) -> Self {
        match storage {
            Storage::Integer => Self::Integer(Int64Builder::with_capacity(BATCH_ROWS)),
            Storage::Number => Self::Number(Float64Builder::with_capacity(BATCH_ROWS)),
            Storage::Comma => Self::Comma(Float64Builder::with_capacity(BATCH_ROWS)),
            Storage::Date(order) => Self::Date(Date32Builder::with_capacity(BATCH_ROWS), order),
            Storage::Text => Self::Text(StringBuilder::new()),
        }
    }

    /// Takes a cell; `false` if it does not fit the type that the first pass found.
    fn push(&mut self, cell: &[u8]) -> bool {
        if value::is_missing(cell) {
            match self {
                Self::Integer(builder) => builder.append_null(),
                Self::Number(builder) | Self::Comma(builder) => builder.append_null(),
                Self::Date(builder, _) => builder.append_null(),
                Self::Text(builder) => builder.append_null(),
            }
            return true;
        }
        match self {
            Self::Integer(builder) => value::integer(cell).map(|v| builder.append_value(v)),
            Self::Number(builder) => value::number(cell).map(|v| builder.append_value(v)),
            Self::Comma(builder) => value::comma_number(cell).map(|v| builder.append_value(v)),
            Self::Date(builder, order) => {
                dates::days(cell, *order).map(|v| builder.append_value(v))
            }
            Self::Text(builder) => std::str::from_utf8(cell)
                .ok()
                .map(|v| builder.append_value(v)),
        }
        .is_some()
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Number(builder) | Self::Comma(builder) => Arc::new(builder.finish()),
            Self::Date(builder, _) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
        }
    }
}
