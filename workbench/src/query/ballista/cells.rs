//! A cluster's answer as the columns of a result, row group by row group.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, new_empty_array},
    compute::{concat, take},
    datatypes::{Int64Type, SchemaRef},
};
use tokio_util::sync::CancellationToken;

use super::{
    Ballista, LINE,
    client::Answer,
    failed, job,
    job::{GatherJob, GatherTable},
    lines::{Lines, Taken},
};
use crate::{
    Error,
    query::{
        index::{NONE, Place, plain},
        merge::{Gather, Merged, nullable},
    },
    storage::Hold,
};

/// Tables of one job. A plan is as deep as it has tables, and a scheduler reads plans to a depth of 100.
const TABLES_AT_ONCE: usize = 8;

const OTHER_LINES: &str = "its answer is not the result's rows";
const MORE_ROWS: &str =
    "a table has several rows of one participant and visit, which only this server can tell apart";
const NO_ROWS: &str = "it does not see this server's data folder";

/// A result of which a cluster gathers the cells.
pub(crate) struct Gathered<'a> {
    merged: &'a Merged<'a>,
    lines: Lines,
    taken: Vec<Taken>,
    reading: Mutex<Reading>,
    /// The file of lines and the tables, for as long as the cluster reads them.
    _file: Removed,
    _tables: Vec<Hold>,
}

/// What was read last, and what is still to come.
struct Reading {
    /// Of so many tables each.
    answers: Vec<Stream>,
    group: Option<Arc<Group>>,
    /// Why there is nothing more to be read.
    failed: Option<String>,
}

/// One job's answer.
struct Stream {
    answer: Answer,
    tables: Range<usize>,
    /// Read, and not asked for yet.
    rest: Option<RecordBatch>,
    /// Lines that were read.
    read: usize,
}

/// The lines of a row group.
struct Group {
    lines: Range<usize>,
    /// Of each table, its columns.
    cells: Vec<Vec<ArrayRef>>,
}

/// A file that goes with this.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(path = %self.0.display(), %error, "a file of lines stays behind");
        }
    }
}

impl<'a> Gathered<'a> {
    /// Asks the cluster. `file` is where the lines are written meanwhile.
    pub(crate) fn on(
        ballista: &Ballista,
        merged: &'a Merged<'a>,
        file: &Path,
        cancel: &CancellationToken,
    ) -> Result<Self, Error> {
        let lines = Lines::of(merged);
        let taken = Lines::taken(merged);
        let numbered = taken.iter().enumerate();
        let told: Vec<GatherTable> = numbered
            .map(|(number, taken)| Lines::told(merged, number, taken))
            .collect();
        let storage = &merged.bench.inner.storage;
        let held = told.iter().map(|table| {
            let held = storage.hold(Path::new(&table.path))?;
            held.ok_or_else(|| Error::Missing("The data".into()))
        });
        let tables = held.collect::<Result<_, _>>()?;
        let removed = Removed(file.to_owned());
        lines.write(merged, &taken, &told, file, cancel)?;
        let ask = |at: usize| {
            let tables = at..told.len().min(at + TABLES_AT_ONCE);
            let job = GatherJob {
                scheduler: format!("http://{}", ballista.scheduler),
                lines: file.display().to_string(),
                tables: told[tables.clone()].to_vec(),
                patience_seconds: ballista.patience.as_secs(),
            };
            Ok(Stream {
                answer: Answer::to(&job, ballista, cancel)?,
                tables,
                rest: None,
                read: 0,
            })
        };
        let answers = (0..told.len()).step_by(TABLES_AT_ONCE).map(ask);
        Ok(Self {
            merged,
            reading: Mutex::new(Reading {
                answers: answers.collect::<Result<_, Error>>()?,
                group: None,
                failed: None,
            }),
            lines,
            taken,
            _file: removed,
            _tables: tables,
        })
    }

    /// The answer ends where the lines do.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        for stream in &mut self.reading().answers {
            if stream.read != self.lines.len() {
                return Err(failed(OTHER_LINES));
            }
            if stream.next()?.is_some() {
                return Err(failed(MORE_ROWS));
            }
        }
        Ok(())
    }

    /// The lines of these rows. Rows are asked for group by group, and a group by several at a time.
    fn group(&self, rows: &Range<usize>) -> Result<Arc<Group>, Error> {
        let lines = self.lines.of_rows(rows);
        let mut reading = self.reading();
        if let Some(problem) = &reading.failed {
            return Err(failed(problem));
        }
        // Room for the next.
        if reading
            .group
            .as_ref()
            .is_some_and(|group| group.lines != lines)
        {
            reading.group = None;
        }
        if let Some(group) = &reading.group {
            return Ok(Arc::clone(group));
        }
        let mut cells = Vec::with_capacity(self.taken.len());
        for stream in &mut reading.answers {
            match self.read(stream, &lines) {
                Ok(columns) => cells.extend(columns),
                Err(error @ (Error::Cancelled | Error::DiskFull)) => return Err(error),
                Err(error) => {
                    let problem = match error {
                        Error::Cluster(problem) => problem,
                        other => other.to_string(),
                    };
                    reading.failed = Some(problem.clone());
                    return Err(failed(problem));
                }
            }
        }
        let group = Arc::new(Group { lines, cells });
        reading.group = Some(Arc::clone(&group));
        Ok(group)
    }

    /// These lines' cells, by table.
    fn read(&self, stream: &mut Stream, lines: &Range<usize>) -> Result<Vec<Vec<ArrayRef>>, Error> {
        let mut batches = Vec::new();
        while stream.read < lines.end {
            let Some(batch) = stream.next()? else {
                let is_empty = stream.read == 0;
                return Err(failed(if is_empty { NO_ROWS } else { OTHER_LINES }));
            };
            let wanted = (lines.end - stream.read).min(batch.num_rows());
            if wanted < batch.num_rows() {
                stream.rest = Some(batch.slice(wanted, batch.num_rows() - wanted));
            }
            let batch = batch.slice(0, wanted);
            self.check(&batch, stream)?;
            stream.read += wanted;
            batches.push(batch);
        }
        let column = |number: usize, at: usize, name: &str| {
            let table = &self.merged.study.tables[self.taken[number].table];
            let kind = self.merged.bench.column_type(table, name)?;
            let parts = batches.iter().map(|batch| {
                let part = batch.column_by_name(&job::cell(number, at));
                let part = plain(part.ok_or_else(|| failed(OTHER_LINES))?)?;
                match *part.data_type() == kind {
                    true => Ok(part),
                    false => Err(failed(OTHER_LINES)),
                }
            });
            let parts: Vec<ArrayRef> = parts.collect::<Result<_, _>>()?;
            let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
            match parts.is_empty() {
                true => Ok(new_empty_array(&kind)),
                false => Ok(concat(&parts)?),
            }
        };
        let table = |table: usize| {
            let columns = self.taken[table].columns.iter().enumerate();
            let columns = columns.map(|(at, name)| column(table, at, name));
            columns.collect::<Result<_, Error>>()
        };
        stream.tables.clone().map(table).collect()
    }

    /// Each line once and in order, and a table's row wherever the index knows of one.
    fn check(&self, batch: &RecordBatch, stream: &Stream) -> Result<(), Error> {
        let missing = || failed(OTHER_LINES);
        let counted = batch.column_by_name(LINE).ok_or_else(missing)?;
        let counted = counted
            .as_primitive_opt::<Int64Type>()
            .ok_or_else(missing)?;
        for (line, counted) in (stream.read as i64..).zip(counted.values()) {
            if *counted != line {
                let is_repeated = *counted < line;
                return Err(failed(if is_repeated { MORE_ROWS } else { OTHER_LINES }));
            }
        }
        for number in stream.tables.clone() {
            let found = batch
                .column_by_name(&job::found(number))
                .ok_or_else(missing)?;
            let table = self.taken[number].table;
            let is_known = |line| self.lines.pointer(self.merged, table, line) != NONE;
            if (0..batch.num_rows()).any(|at| found.is_valid(at) != is_known(stream.read + at)) {
                let name = &self.merged.study.tables[table].name;
                return Err(failed(format!(
                    "it found other rows in {name} than are there"
                )));
            }
        }
        Ok(())
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        if let Some(rest) = self.rest.take() {
            return Ok(Some(rest));
        }
        loop {
            match self.answer.next()? {
                Some(batch) if batch.num_rows() == 0 => {}
                next => return Ok(next),
            }
        }
    }
}

impl Gather for Gathered<'_> {
    fn schema(&self) -> Result<SchemaRef, Error> {
        self.merged.schema()
    }

    fn rows(&self) -> usize {
        self.merged.rows()
    }

    fn distinct(&self, column: usize) -> u64 {
        self.merged.distinct(column)
    }

    fn array(&self, column: usize, rows: Range<usize>) -> Result<ArrayRef, Error> {
        let group = self.group(&rows)?;
        let of_table = |table: usize, name: &str, slot: Option<u32>| {
            let number = self.taken.iter().position(|taken| taken.table == table);
            let column = number.and_then(|number| {
                let mut columns = self.taken[number].columns.iter();
                group.cells[number].get(columns.position(|own| own == name)?)
            });
            let cells =
                column.ok_or_else(|| Error::Internal(format!("{name} was not gathered")))?;
            let is_by_visit = matches!(self.merged.index.places[table], Place::Visit(_));
            let wide = self.merged.rows.wide.as_ref().filter(|_| is_by_visit);
            let place = |row: usize| {
                let line = self.lines.first(row);
                let line = match (slot, wide) {
                    (Some(slot), Some(wide)) => wide.place(row, slot).map(|at| line + at),
                    _ => Some(line),
                };
                line.map_or(NONE, |line| (line - group.lines.start) as u32)
            };
            Ok(take(cells, &nullable(rows.clone().map(place)), None)?)
        };
        self.merged.array_from(column, rows.clone(), of_table)
    }
}
