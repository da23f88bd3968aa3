//! Why separated text could not be read on, and how that is said.

use std::io;

use super::{
    csv::MAX_ROW_BYTES,
    source::{Job, bytes_text},
};
use crate::Error;

/// Why reading stopped. `cell` counts from 0; lines from 1.
#[derive(Debug)]
pub(super) enum Fault {
    Io(io::Error),
    /// The end of the file came inside a quoted cell.
    OpenQuote {
        opened: u64,
        cell: usize,
    },
    /// A quoted cell went on after its closing quote.
    AfterQuote {
        opened: u64,
        line: u64,
        cell: usize,
    },
    /// A quoted cell is over the limit: most likely its quote is never closed.
    LongQuote {
        opened: u64,
        cell: usize,
    },
    LongCell {
        line: u64,
        cell: usize,
    },
    LongRow {
        line: u64,
    },
    ManyCells {
        line: u64,
    },
    Nul {
        line: u64,
        cell: usize,
    },
}

impl Fault {
    /// The fault in words, with the file, the line and the column's name.
    pub(super) fn explain(self, names: &[String], job: &Job) -> Error {
        let name = |cell: usize| {
            Some(
                names
                    .get(cell)
                    .cloned()
                    .unwrap_or_else(|| (cell + 1).to_string()),
            )
        };
        let limit = bytes_text(job.limits.cell_bytes as u64);
        match self {
            Self::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => job.bad_file(error.to_string()),
            Self::Io(error) => job.source.io_error(error),
            Self::OpenQuote { opened, cell } => job.bad(
                Some(opened),
                name(cell),
                "the quote that opens here is never closed. Close it, or remove it.",
            ),
            Self::LongQuote { opened, cell } => job.bad(
                Some(opened),
                name(cell),
                format!(
                    "the quote that opens here is not closed within {limit}, the most a cell may hold \
                     (data.cell_bytes). Close it, or remove it."
                ),
            ),
            Self::AfterQuote { opened, line, cell } => job.bad(
                Some(opened),
                name(cell),
                format!(
                    "the quote that opens here closes on line {line}, and more text follows before the next \
                     delimiter. Write a quote inside a cell twice, or remove it."
                ),
            ),
            Self::LongCell { line, cell } => Error::TooLarge {
                what: format!("{}, line {line}, column {}: the cell", job.file, name(cell).unwrap_or_default()),
                limit,
                setting: "data.cell_bytes",
            },
            Self::LongRow { line } => job.bad_line(
                line,
                format!("the row is over {}, the most a row may hold.", bytes_text(MAX_ROW_BYTES as u64)),
            ),
            Self::ManyCells { line } if names.is_empty() && line == 1 => {
                job.too_many_columns("a million or more")
            }
            Self::ManyCells { line } => job.bad_line(line, "the row has a million cells or more."),
            Self::Nul { line, cell } => job.bad(
                Some(line),
                name(cell),
                "there is a NUL byte. The file is damaged, or no text; export it again as UTF-8.",
            ),
        }
    }
}
