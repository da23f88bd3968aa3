//! Separated text, cell by cell. Written here, and not taken from a CSV library, because those
//! read on when a quote is never closed: this reader knows where each quote opened, counts physical
//! lines (LF, CRLF and CR), and never holds more of a cell than the limit.
//!
//! It knows nothing of headers and columns: that is `csv_table.rs`.

use std::io::{self, Read};

use super::{csv_fault::Fault, row::Row};

/// Read ahead from the file: large enough that a system call costs nothing.
const BUFFER_BYTES: usize = 256 << 10;

/// Bytes of one row: a row is held in memory whole, and a row of two thousand cells at the limit of
/// a cell would not fit.
pub(super) const MAX_ROW_BYTES: usize = 64 << 20;

/// Cells of one row, whatever the limit of columns: enough to say how many there were.
const MAX_CELLS: usize = 1_000_000;

const QUOTE: u8 = b'"';

/// What one row may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowLimits {
    pub(super) cell_bytes: usize,
    pub(super) row_bytes: usize,
}

/// Reads rows of cells.
pub(super) struct Cells<R> {
    input: R,
    buffer: Box<[u8]>,
    at: usize,
    end: usize,
    line: u64,
    delimiter: u8,
    /// Bytes that end an unquoted cell, or may not be in it.
    is_special: [bool; 256],
    limits: RowLimits,
    skipped: u64,
    blank: u64,
}

enum State {
    CellStart,
    Plain,
    Quoted,
    QuoteSeen,
    CarriageReturn,
}

impl<R: Read> Cells<R> {
    pub(super) fn new(input: R, delimiter: u8, limits: RowLimits) -> Self {
        let mut is_special = [false; 256];
        for byte in [delimiter, b'\n', b'\r', 0] {
            is_special[usize::from(byte)] = true;
        }
        Self {
            input,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            at: 0,
            end: 0,
            line: 1,
            delimiter,
            is_special,
            limits,
            skipped: 0,
            blank: 0,
        }
    }

    /// Empty lines between rows; those at the end of the file do not count.
    pub(super) fn skipped_lines(&self) -> u64 {
        self.skipped
    }

    /// Reads the next row that is not an empty line; `false` at the end.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, Fault> {
        row.clear(self.line);
        let mut state = State::CellStart;
        let (mut opened, mut has_quote) = (0, false);
        loop {
            if self.at == self.end && !self.refill()? {
                return self.finish(&state, opened, has_quote, row);
            }
            let byte = self.buffer[self.at];
            match state {
                State::CellStart if byte == QUOTE => {
                    self.at += 1;
                    (opened, has_quote, state) = (self.line, true, State::Quoted);
                }
                State::CellStart => state = State::Plain,
                State::Plain => {
                    let Some(special) = self.copy_plain(row)? else {
                        continue;
                    };
                    match self.end_cell(special, row)? {
                        Some(_) if special == b'\n' && self.ends_row(row, has_quote) => {
                            return Ok(true);
                        }
                        Some(next) => state = next,
                        None => return Err(self.nul(row)),
                    }
                }
                State::Quoted => {
                    if self.copy_quoted(row, opened)? {
                        state = State::QuoteSeen;
                    }
                }
                State::QuoteSeen => {
                    self.at += 1;
                    if byte == QUOTE {
                        row.extend(&[QUOTE]);
                        state = State::Quoted;
                    } else if self.is_special[usize::from(byte)] {
                        match self.end_cell(byte, row)? {
                            Some(_) if byte == b'\n' => return Ok(true),
                            Some(next) => state = next,
                            None => return Err(self.nul(row)),
                        }
                    } else {
                        let (line, cell) = (self.line, row.len());
                        return Err(Fault::AfterQuote { opened, line, cell });
                    }
                }
                State::CarriageReturn => {
                    if byte == b'\n' {
                        self.at += 1;
                    }
                    if self.ends_row(row, has_quote) {
                        return Ok(true);
                    }
                    state = State::CellStart;
                }
            }
        }
    }

    fn refill(&mut self) -> Result<bool, Fault> {
        self.at = 0;
        self.end = loop {
            match self.input.read(&mut self.buffer) {
                Ok(bytes) => break bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Fault::Io(error)),
            }
        };
        Ok(self.end > 0)
    }

    /// Copies up to the next special byte and steps over it.
    fn copy_plain(&mut self, row: &mut Row) -> Result<Option<u8>, Fault> {
        let rest = &self.buffer[self.at..self.end];
        let length = rest
            .iter()
            .position(|byte| self.is_special[usize::from(*byte)]);
        let taken = length.unwrap_or(rest.len());
        row.extend(&rest[..taken]);
        let special = length.map(|length| rest[length]);
        self.at += taken + usize::from(special.is_some());
        if row.open_bytes().len() > self.limits.cell_bytes {
            let (line, cell) = (self.line, row.len());
            return Err(Fault::LongCell { line, cell });
        }
        self.check_row(row)?;
        Ok(special)
    }

    /// Copies up to the next quote, counting lines; `true` when it stands at the quote's end.
    fn copy_quoted(&mut self, row: &mut Row, opened: u64) -> Result<bool, Fault> {
        let rest = &self.buffer[self.at..self.end];
        let quote = rest.iter().position(|byte| *byte == QUOTE);
        let text = &rest[..quote.unwrap_or(rest.len())];
        // A CRLF is one line, also when the buffer ends between the two.
        let mut before = row.open_bytes().last().copied();
        for &byte in text {
            match byte {
                b'\r' => self.line += 1,
                b'\n' if before != Some(b'\r') => self.line += 1,
                0 => return Err(self.nul(row)),
                _ => {}
            }
            before = Some(byte);
        }
        row.extend(text);
        self.at += text.len() + usize::from(quote.is_some());
        if row.open_bytes().len() > self.limits.cell_bytes {
            let cell = row.len();
            return Err(Fault::LongQuote { opened, cell });
        }
        self.check_row(row)?;
        Ok(quote.is_some())
    }

    fn check_row(&self, row: &Row) -> Result<(), Fault> {
        let line = row.line;
        if row.bytes() > self.limits.row_bytes {
            return Err(Fault::LongRow { line });
        }
        if row.len() >= MAX_CELLS {
            return Err(Fault::ManyCells { line });
        }
        Ok(())
    }

    fn nul(&self, row: &Row) -> Fault {
        let (line, cell) = (self.line, row.len());
        Fault::Nul { line, cell }
    }

    /// What comes after the special byte that ended a cell; `None` for a NUL byte.
    fn end_cell(&mut self, special: u8, row: &mut Row) -> Result<Option<State>, Fault> {
        if special == 0 {
            return Ok(None);
        }
        row.end_cell();
        Ok(Some(match special {
            b'\n' => {
                self.line += 1;
                State::CellStart
            }
            b'\r' => {
                self.line += 1;
                State::CarriageReturn
            }
            _ => State::CellStart,
        }))
    }

    /// Whether the row ended here counts; an empty line starts it anew.
    fn ends_row(&mut self, row: &mut Row, has_quote: bool) -> bool {
        if row.len() == 1 && row.bytes() == 0 && !has_quote {
            self.blank += 1;
            row.clear(self.line);
            return false;
        }
        self.skipped = self.blank;
        true
    }

    /// The end of the file: what was begun is a row, unless a quote is still open.
    fn finish(
        &mut self,
        state: &State,
        opened: u64,
        has_quote: bool,
        row: &mut Row,
    ) -> Result<bool, Fault> {
        match state {
            State::Quoted => {
                let cell = row.len();
                return Err(Fault::OpenQuote { opened, cell });
            }
            State::CarriageReturn => {}
            State::CellStart | State::Plain if row.len() == 0 && row.bytes() == 0 => {
                return Ok(false);
            }
            State::CellStart | State::Plain | State::QuoteSeen => row.end_cell(),
        }
        Ok(self.ends_row(row, has_quote))
    }

    /// The delimiter it reads with.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }
}
