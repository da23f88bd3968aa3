//! A result's rows as CSV: UTF-8, every digit, missing cells empty, formulas defused.

use std::io::Write;

use arrow::{
    array::{Array, ArrayRef},
    datatypes::DataType,
};

use super::{Pieces, stopped};
use crate::{
    Error,
    data::escape_formula,
    query::{ResultInfo, cell::push},
};

/// The columns' names.
pub(in crate::query) fn csv_header(result: &ResultInfo, out: &mut Pieces) -> Result<(), Error> {
    csv_names(result.columns.iter().map(|column| &*column.name), out)
}

/// The same, by name.
pub(in crate::query) fn csv_names<'a>(
    names: impl Iterator<Item = &'a str>,
    out: &mut Pieces,
) -> Result<(), Error> {
    let mut line = String::new();
    for (at, name) in names.enumerate() {
        if at > 0 {
            line.push(',');
        }
        push_text(name, &mut line);
    }
    line.push('\n');
    out.write_all(line.as_bytes()).map_err(stopped)
}

/// A line for each row of these columns.
pub(in crate::query) fn csv_rows(columns: &[ArrayRef], out: &mut Pieces) -> Result<(), Error> {
    let rows = columns.first().map_or(0, |column| column.len());
    let (mut line, mut text) = (String::new(), String::new());
    for row in 0..rows {
        line.clear();
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                line.push(',');
            }
            if column.data_type() != &DataType::Utf8View {
                push(column, row, &mut line);
            } else if push(column, row, &mut text) {
                push_text(&text, &mut line);
                text.clear();
            }
        }
        line.push('\n');
        out.write_all(line.as_bytes()).map_err(stopped)?;
    }
    Ok(())
}

/// A text cell that a spreadsheet would run is defused; an empty text is told apart from a missing
/// value by its quotes.
pub(in crate::query) fn push_text(text: &str, line: &mut String) {
    let text = escape_formula(text);
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(&text);
    }
}
