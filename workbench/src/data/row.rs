//! One row on its way from a text file to the table: cells as bytes, and where they stood.

use std::ops::Range;

use crate::Error;

/// A row of cells. Reused from row to row, so that reading allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Row {
    text: Vec<u8>,
    cells: Vec<Range<usize>>,
    start: usize,
    /// 1-based physical line on which the row begins.
    pub(super) line: u64,
}

impl Row {
    /// Empties it for the row that begins on `line`.
    pub(super) fn clear(&mut self, line: u64) {
        self.text.clear();
        self.cells.clear();
        self.start = 0;
        self.line = line;
    }

    /// Adds to the cell being read.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    /// Ends the cell being read.
    pub(super) fn end_cell(&mut self) {
        self.cells.push(self.start..self.text.len());
        self.start = self.text.len();
    }

    /// Sets one cell of a row whose cells come in any order.
    pub(super) fn set(&mut self, index: usize, text: &[u8]) {
        if self.cells.len() <= index {
            self.cells.resize(index + 1, 0..0);
        }
        let start = self.text.len();
        self.text.extend_from_slice(text);
        self.cells[index] = start..self.text.len();
    }

    /// Bytes of the cell being read.
    pub(super) fn open_bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }

    /// Bytes of all its cells.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Its cells.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell; one that is not there is empty.
    pub(super) fn cell(&self, index: usize) -> &[u8] {
        self.cells
            .get(index)
            .map_or(&[], |range| &self.text[range.clone()])
    }
}

/// A source of rows. Read twice: once to find the types, once to convert.
pub(super) trait Rows {
    /// Reads the next row; `false` at the end.
    fn next(&mut self, row: &mut Row) -> Result<bool, Error>;

    /// Column names as far as known: JSON lines may still add some.
    fn names(&self) -> &[String];

    /// Names up to here were written by a person; the rest of the names were made up.
    fn named(&self) -> usize {
        self.names().len()
    }

    /// What a reader of the table should know about how it was read.
    fn notes(&self) -> Vec<String>;
}
