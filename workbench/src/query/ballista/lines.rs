//! The rows of a result as a cluster is given them: lines, and the keys under which each table has them.

use std::{fs::File, ops::Range, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, Int64Array, RecordBatch},
    compute::take,
    datatypes::{DataType, Field, Schema},
};
use parquet::arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions};
use tokio_util::sync::CancellationToken;

use super::{
    LINE,
    job::{self, GatherKey, GatherTable},
};
use crate::{
    Error,
    query::{
        index::{NONE, Place},
        merge::{Cells, Merged, nullable},
        selection::session,
    },
};

/// Lines of a row group of their file: a cluster reads groups apart.
const GROUP: usize = 1 << 17;

/// The lines of a result. In long form a line is a row. In wide form it is a participant's visit, or the participant
/// alone where there is none: a row is made of several.
pub(super) struct Lines {
    person: Vec<u32>,
    frame: Vec<u32>,
    /// In wide form, the first line of each row, and the end.
    starts: Option<Vec<usize>>,
}

/// A table of which cells are taken: its number in the study, and the columns.
pub(super) struct Taken {
    pub(super) table: usize,
    pub(super) columns: Vec<String>,
}

impl Lines {
    pub(super) fn of(merged: &Merged<'_>) -> Self {
        let rows = &merged.rows;
        let Some(wide) = &rows.wide else {
            return Self {
                person: rows.person.clone(),
                frame: rows.frame.clone(),
                starts: None,
            };
        };
        let (mut person, mut frame) = (Vec::new(), Vec::new());
        let mut starts = Vec::with_capacity(rows.person.len() + 1);
        for (at, who) in rows.person.iter().enumerate() {
            starts.push(person.len());
            match wide.visits(at) {
                [] => frame.push(NONE),
                visits => frame.extend(visits),
            }
            person.resize(frame.len(), *who);
        }
        starts.push(person.len());
        Self {
            person,
            frame,
            starts: Some(starts),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.person.len()
    }

    /// The lines of which these rows are made.
    pub(super) fn of_rows(&self, rows: &Range<usize>) -> Range<usize> {
        match &self.starts {
            Some(starts) => starts[rows.start]..starts[rows.end],
            None => rows.clone(),
        }
    }

    /// The first line of a row.
    pub(super) fn first(&self, row: usize) -> usize {
        self.starts.as_ref().map_or(row, |starts| starts[row])
    }

    /// The row in a table for a line, or [`NONE`].
    pub(super) fn pointer(&self, merged: &Merged<'_>, table: usize, line: usize) -> u32 {
        match &merged.index.places[table] {
            Place::Person(places) => places[self.person[line] as usize],
            Place::Visit(number) => match self.frame[line] {
                NONE => NONE,
                row => merged.index.frame.tables[*number].rows[row as usize],
            },
            Place::Apart => NONE,
        }
    }

    /// The tables whose cells a result takes.
    pub(super) fn taken(merged: &Merged<'_>) -> Vec<Taken> {
        let mut taken: Vec<Taken> = Vec::new();
        for planned in &merged.plan {
            let Cells::Tables(sources) = &planned.cells else {
                continue;
            };
            for (table, column) in sources {
                let at = taken.iter().position(|known| known.table == *table);
                let at = at.unwrap_or_else(|| {
                    let (table, columns) = (*table, Vec::new());
                    taken.push(Taken { table, columns });
                    taken.len() - 1
                });
                if !taken[at].columns.contains(column) {
                    taken[at].columns.push(column.clone());
                }
            }
        }
        taken
    }

    /// What the cluster is told of a table.
    pub(super) fn told(merged: &Merged<'_>, number: usize, taken: &Taken) -> GatherTable {
        let table = &merged.study.tables[taken.table];
        let id = merged.study.keys.primary_id.as_str();
        let visit = match merged.index.places[taken.table] {
            Place::Visit(_) => session(merged.study),
            _ => None,
        };
        let visit = visit.and_then(|name| table.column(name));
        let keys = [(id.to_owned(), false)].into_iter();
        let keys = keys.chain(visit.map(|visit| (visit.name.clone(), visit.missing > 0)));
        GatherTable {
            number,
            path: merged.bench.table_path(&table.id).display().to_string(),
            keys: keys
                .map(|(column, may_be_missing)| GatherKey {
                    column,
                    may_be_missing,
                })
                .collect(),
            columns: taken.columns.clone(),
        }
    }

    /// Writes the lines with their keys in these tables.
    pub(super) fn write(
        &self,
        merged: &Merged<'_>,
        taken: &[Taken],
        told: &[GatherTable],
        to: &Path,
        cancel: &CancellationToken,
    ) -> Result<(), Error> {
        let mut fields = vec![Field::new(LINE, DataType::Int64, false)];
        let mut columns = Vec::new();
        for (taken, told) in taken.iter().zip(told) {
            let table = &merged.study.tables[taken.table];
            for (at, key) in told.keys.iter().enumerate() {
                let column = merged.bench.column(table, &key.column)?;
                let kind = column.values.data_type().clone();
                fields.push(Field::new(job::key(told.number, at), kind, true));
                columns.push((taken.table, column));
            }
        }
        let schema = Arc::new(Schema::new(fields));
        let file = File::create_new(to).map_err(|e| Error::io(to, e))?;
        // The tables' text is no Arrow view either, and a cluster compares like with like.
        let plain = ArrowWriterOptions::new().with_skip_arrow_metadata(true);
        let mut writer = ArrowWriter::try_new_with_options(&file, Arc::clone(&schema), plain)?;
        for start in (0..self.len()).step_by(GROUP) {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let lines = start..self.len().min(start + GROUP);
            let counted: Int64Array = lines.clone().map(|line| line as i64).collect();
            let mut arrays: Vec<ArrayRef> = vec![Arc::new(counted)];
            for (table, column) in &columns {
                let pointers = lines.clone().map(|line| self.pointer(merged, *table, line));
                arrays.push(take(&column.values, &nullable(pointers), None)?);
            }
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), arrays)?)?;
            writer.flush()?;
        }
        writer.close()?;
        Ok(())
    }
}
