//! The data summary: each column of the result, and where rows are visits each column visit by visit. One column is in
//! memory at a time.

use std::{io::Write, ops::Range};

use arrow::{
    array::{Array, ArrayRef, UInt32Array},
    compute::take,
};

use super::{
    figures::{kind, summary},
    percent, put,
};
use crate::{
    Error,
    query::{
        ResultColumn,
        index::{Dictionary, NONE},
        merge::{Gather, Merged},
    },
};

const HEADER: [&str; 6] = ["Column", "Type", "Count", "Missing", "Missing %", "Summary"];
/// Visits summarised one by one: with more, nobody could read it.
const MOST_VISITS: usize = 1_000;

/// Writes a line a column.
pub(super) fn write(merged: &Merged<'_>, out: &mut impl Write) -> Result<(), Error> {
    put(out, &HEADER)?;
    for (at, planned) in merged.plan.iter().enumerate() {
        let cells = merged.array(at, 0..merged.rows())?;
        put_column(out, None, &planned.column, &cells)?;
    }
    Ok(())
}

/// Which rows of the result are which visit.
pub(super) struct Visits {
    /// The column that names them.
    column: usize,
    /// The rows, visit by visit.
    order: UInt32Array,
    /// Each visit, and where its rows are in `order`.
    groups: Vec<(String, Range<usize>)>,
}

impl Visits {
    /// `None` where rows are not visits.
    pub(super) fn of(merged: &Merged<'_>) -> Result<Option<Self>, Error> {
        let Some(column) = merged.visit_column() else {
            return Ok(None);
        };
        let names = Dictionary::of(&merged.array(column, 0..merged.rows())?)?;
        let mut order: Vec<u32> = (0..).take(names.codes.len()).collect();
        // Within a visit they stay in the result's order. Rows without a visit come last.
        order.sort_by_key(|row| names.codes[*row as usize]);
        let mut groups = Vec::new();
        let mut start = 0;
        for rows in order.chunk_by(|a, b| names.codes[*a as usize] == names.codes[*b as usize]) {
            let name = match names.codes[rows[0] as usize] {
                NONE => String::new(),
                code => names.values[code as usize].clone(),
            };
            groups.push((name, start..start + rows.len()));
            start += rows.len();
        }
        Ok(Some(Self {
            column,
            order: order.into(),
            groups,
        }))
    }

    pub(super) fn is_too_many(&self) -> bool {
        self.groups.len() > MOST_VISITS
    }

    /// Writes a line a column and visit.
    pub(super) fn write(&self, merged: &Merged<'_>, out: &mut impl Write) -> Result<(), Error> {
        let [column, rest @ ..] = HEADER;
        let mut header = vec!["Visit", column];
        header.extend(rest);
        put(out, &header)?;
        let columns = merged.plan.iter().enumerate();
        for (at, planned) in columns.filter(|(at, _)| *at != self.column) {
            let cells = take(&merged.array(at, 0..merged.rows())?, &self.order, None)?;
            for (visit, rows) in &self.groups {
                let cells = cells.slice(rows.start, rows.len());
                put_column(out, Some(visit), &planned.column, &cells)?;
            }
        }
        Ok(())
    }
}

fn put_column(
    out: &mut impl Write,
    visit: Option<&str>,
    column: &ResultColumn,
    cells: &ArrayRef,
) -> Result<(), Error> {
    let (rows, missing) = (cells.len() as u64, cells.null_count() as u64);
    let mut line: Vec<&str> = visit.into_iter().collect();
    let (count, absent) = ((rows - missing).to_string(), missing.to_string());
    let (share, summary) = (percent(missing, rows), summary(column, cells));
    line.extend([
        &*column.name,
        kind(column),
        &count,
        &absent,
        &share,
        &summary,
    ]);
    put(out, &line)
}
