//! A separated file as a table: its header, its width, and faults told by column name.

use std::{collections::HashMap, io::Read};

use super::{
    csv::{Cells, MAX_ROW_BYTES, RowLimits},
    row::{Row, Rows},
    source::{Job, grouped},
    value::{Kind, classify},
};
use crate::Error;

/// Characters of a column's name. A longer one is no name but a paragraph without line breaks.
const MAX_COLUMN_NAME: usize = 1_000;

pub(super) struct CsvTable<R> {
    cells: Cells<R>,
    job: Job,
    names: Vec<String>,
    /// Cells up to the last one with a name; a row may end there.
    named: usize,
    /// Without a header, the first line is the first row.
    first: Option<Row>,
    notes: Vec<String>,
}

impl<R: Read> CsvTable<R> {
    /// Reads the header. Columns over the limit are found here, before anything else is read.
    pub(super) fn open(input: R, delimiter: u8, job: &Job) -> Result<Self, Error> {
        let limits = RowLimits {
            cell_bytes: job.limits.cell_bytes,
            row_bytes: MAX_ROW_BYTES,
        };
        let mut table = Self {
            cells: Cells::new(input, delimiter, limits),
            job: job.clone(),
            names: Vec::new(),
            named: 0,
            first: None,
            notes: Vec::new(),
        };
        let mut row = Row::default();
        if !table.read(&mut row)? {
            return Err(
                job.bad_file("the file is empty. A table needs at least a line with column names.")
            );
        }
        if row.len() > job.limits.columns {
            return Err(job.too_many_columns(&grouped(row.len() as u64)));
        }
        if (0..row.len()).all(|index| is_number(row.cell(index))) {
            table.names = (1..=row.len())
                .map(|number| format!("column_{number}"))
                .collect();
            table.named = row.len();
            table.first = Some(row);
            table.notes.push(
                "The first line holds only numbers, so it is read as a row; the columns are called column_1, \
                 column_2 and so on."
                    .to_owned(),
            );
        } else {
            table.take_header(&row)?;
        }
        Ok(table)
    }

    fn take_header(&mut self, row: &Row) -> Result<(), Error> {
        let mut unnamed = Vec::new();
        for index in 0..row.len() {
            let name = String::from_utf8_lossy(row.cell(index)).trim().to_owned();
            if name.chars().count() > MAX_COLUMN_NAME {
                let problem = format!(
                    "the column's name is over {} characters. Check the delimiter and the line breaks.",
                    grouped(MAX_COLUMN_NAME as u64)
                );
                return Err(self
                    .job
                    .bad(Some(row.line), Some((index + 1).to_string()), problem));
            }
            if name.is_empty() {
                unnamed.push(index);
            } else {
                self.named = index + 1;
            }
            self.names.push(name);
        }
        for index in unnamed {
            let name = format!("column_{}", index + 1);
            if index < self.named {
                self.notes.push(format!(
                    "Column {} has no name; it is called {name}.",
                    index + 1
                ));
            }
            self.names[index] = name;
        }
        self.check_unique(row.line)
    }

    fn check_unique(&self, line: u64) -> Result<(), Error> {
        let mut seen = HashMap::with_capacity(self.names.len());
        for (index, name) in self.names.iter().enumerate() {
            if let Some(before) = seen.insert(name.as_str(), index) {
                let problem = format!(
                    "columns {} and {} are both named {name}. Rename one of them.",
                    before + 1,
                    index + 1
                );
                return Err(self.job.bad(Some(line), Some(name.clone()), problem));
            }
        }
        Ok(())
    }

    fn read(&mut self, row: &mut Row) -> Result<bool, Error> {
        self.cells
            .next(row)
            .map_err(|fault| fault.explain(&self.names, &self.job))
    }

    /// Cells over the header's width must be empty, and none of the named ones may be missing.
    fn check_width(&self, row: &Row) -> Result<(), Error> {
        let (expected, found) = (self.names.len(), row.len());
        let is_short = found < self.named;
        let is_long = (expected..found).any(|index| !row.cell(index).trim_ascii().is_empty());
        if !is_short && !is_long {
            return Ok(());
        }
        let delimiter = char::from(self.cells.delimiter());
        let hint = if is_long && delimiter == ',' {
            " Put cells that contain a comma in quotes."
        } else {
            ""
        };
        let problem = format!(
            "expected {} cells, as in the header, and found {}.{hint}",
            grouped(expected as u64),
            grouped(found as u64)
        );
        Err(self.job.bad_line(row.line, problem))
    }
}

impl<R: Read> Rows for CsvTable<R> {
    fn next(&mut self, row: &mut Row) -> Result<bool, Error> {
        if let Some(first) = self.first.take() {
            *row = first;
            return Ok(true);
        }
        if !self.read(row)? {
            return Ok(false);
        }
        if row.len() != self.names.len() {
            self.check_width(row)?;
        }
        Ok(true)
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn named(&self) -> usize {
        self.named
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        match self.cells.skipped_lines() {
            0 => {}
            1 => notes.push("1 empty line was skipped.".to_owned()),
            lines => notes.push(format!("{} empty lines were skipped.", grouped(lines))),
        }
        notes
    }
}

fn is_number(cell: &[u8]) -> bool {
    matches!(
        classify(cell),
        Kind::Integer | Kind::Huge | Kind::Coded | Kind::Decimal | Kind::Comma { .. }
    )
}
