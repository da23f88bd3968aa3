//! The type of each column of a text file, from all of its cells. What a type means to a reader
//! (category, yes / no) is decided later, in `profile.rs`, from the stored values.

use super::{
    dates::{Order, Written},
    row::{Row, Rows},
    source::{Job, grouped},
    value::{Kind, classify},
};
use crate::Error;

/// Rows between two looks at the cancel token.
const ROWS_PER_CHECK: u64 = 4_096;

/// Characters shown of a cell in a note.
const SHOWN_CHARS: usize = 40;

/// Share of numbers or dates, in percent, from which a column that is text deserves a note.
const NOTED_PERCENT: u64 = 90;

/// How a column is stored, and how its cells are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    Integer,
    Number,
    /// Numbers with a decimal comma.
    Comma,
    Date(Order),
    Text,
}

/// A column as it will be stored.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) storage: Storage,
}

/// What the first pass found.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) columns: Vec<Column>,
    pub(super) rows: u64,
    pub(super) notes: Vec<String>,
}

/// Reads every row once. Holds a few counters a column, whatever the file's size.
pub(super) fn infer(rows: &mut dyn Rows, delimiter: u8, job: &Job) -> Result<Plan, Error> {
    let mut guesses: Vec<Guess> = Vec::new();
    let mut row = Row::default();
    let mut count = 0;
    while rows.next(&mut row)? {
        if count % ROWS_PER_CHECK == 0 {
            job.check_cancel()?;
        }
        count += 1;
        let width = rows.names().len();
        if guesses.len() < width {
            guesses.resize_with(width, Guess::default);
        }
        for (index, guess) in guesses.iter_mut().enumerate() {
            guess.look(row.cell(index), row.line);
        }
    }
    guesses.resize_with(rows.names().len(), Guess::default);
    // Delimiters at the end of every line make columns without a name and without a value.
    while guesses.len() > rows.named() && guesses.last().is_some_and(|guess| guess.values == 0) {
        guesses.pop();
    }
    let mut notes = rows.notes();
    let mut columns = Vec::with_capacity(guesses.len());
    for (guess, name) in guesses.iter().zip(rows.names()) {
        let (storage, note) = guess.decide(name, delimiter);
        notes.extend(note);
        columns.push(Column {
            name: name.clone(),
            storage,
        });
    }
    if columns.is_empty() {
        return Err(job.bad_file("there is no column with a name or a value."));
    }
    Ok(Plan {
        columns,
        rows: count,
        notes,
    })
}

#[derive(Debug, Default)]
struct Guess {
    values: u64,
    integers: u64,
    huge: u64,
    coded: u64,
    decimals: u64,
    commas: u64,
    clear_commas: u64,
    year_first: u64,
    dotted: u64,
    slashed: u64,
    not_day_first: u64,
    not_month_first: u64,
    first_text: Option<(u64, String)>,
}

impl Guess {
    fn look(&mut self, cell: &[u8], line: u64) {
        let kind = classify(cell);
        if kind == Kind::Missing {
            return;
        }
        self.values += 1;
        match kind {
            Kind::Missing => {}
            Kind::Integer => self.integers += 1,
            Kind::Huge => self.huge += 1,
            Kind::Coded => self.coded += 1,
            Kind::Decimal => self.decimals += 1,
            Kind::Comma { is_ambiguous } => {
                self.commas += 1;
                self.clear_commas += u64::from(!is_ambiguous);
            }
            Kind::Date(Written::YearFirst) => self.year_first += 1,
            Kind::Date(Written::Dotted) => self.dotted += 1,
            Kind::Date(Written::Slashed {
                day_first,
                month_first,
            }) => {
                self.slashed += 1;
                self.not_day_first += u64::from(!day_first);
                self.not_month_first += u64::from(!month_first);
            }
            Kind::Text if self.first_text.is_none() => {
                let text = String::from_utf8_lossy(cell);
                self.first_text = Some((line, text.trim().chars().take(SHOWN_CHARS).collect()));
            }
            Kind::Text => {}
        }
    }

    /// How the column is stored, and what a reader should know about that.
    fn decide(&self, name: &str, delimiter: u8) -> (Storage, Option<String>) {
        let whole = self.integers + self.huge + self.coded;
        let dates = self.year_first + self.dotted + self.slashed;
        match self.values {
            0 => (Storage::Text, None),
            all if self.integers == all => (Storage::Integer, None),
            all if whole == all => (Storage::Text, Some(self.code_note(name))),
            all if whole - self.coded + self.decimals == all => (Storage::Number, None),
            all if self.commas > 0 && self.integers + self.commas == all => {
                self.decide_comma(name, delimiter)
            }
            all if dates == all => self.decide_date(name),
            _ => (
                Storage::Text,
                self.text_note(name, whole + self.decimals + self.commas, dates),
            ),
        }
    }

    fn code_note(&self, name: &str) -> String {
        let reason = if self.coded > 0 {
            "leading zeros"
        } else {
            "more digits than a number can hold"
        };
        format!("{name} is kept as text: its whole numbers have {reason}.")
    }

    /// In a semicolon file a comma is a decimal comma; elsewhere `1,234` may be a thousand.
    fn decide_comma(&self, name: &str, delimiter: u8) -> (Storage, Option<String>) {
        if self.clear_commas == 0 && delimiter != b';' {
            let note = format!(
                "{name} is kept as text: its numbers, such as 1,234, may have a decimal comma or a thousands comma."
            );
            return (Storage::Text, Some(note));
        }
        (
            Storage::Comma,
            Some(format!("{name} has a decimal comma: 1,5 is read as 1.5.")),
        )
    }

    fn decide_date(&self, name: &str) -> (Storage, Option<String>) {
        let (order, mut note) = match (self.slashed, self.not_day_first, self.not_month_first) {
            (0, ..) => (Order::DayFirst, None),
            (_, 0, 1..) => (
                Order::DayFirst,
                Some(format!("{name} is read as day/month/year.")),
            ),
            (_, 1.., 0) => (
                Order::MonthFirst,
                Some(format!("{name} is read as month/day/year.")),
            ),
            (_, 0, 0) => {
                let note = format!(
                    "{name} is kept as text: its dates may be day/month or month/day, and no value tells which."
                );
                return (Storage::Text, Some(note));
            }
            _ => {
                let note =
                    format!("{name} is kept as text: it has both day/month and month/day dates.");
                return (Storage::Text, Some(note));
            }
        };
        let forms = [self.year_first, self.dotted, self.slashed]
            .iter()
            .filter(|n| **n > 0)
            .count();
        if forms > 1 {
            let more = format!("{name} has dates in {forms} forms; all are read as dates.");
            note = Some(note.map_or(more.clone(), |note| format!("{note} {more}")));
        }
        (Storage::Date(order), note)
    }

    /// Nearly all numbers, or dates: then one odd cell most likely is a slip worth knowing.
    fn text_note(&self, name: &str, numbers: u64, dates: u64) -> Option<String> {
        let is_most = |count: u64| count * 100 >= self.values * NOTED_PERCENT;
        if self.decimals > 0 && self.commas > 0 && numbers == self.values {
            return Some(format!("{name} is kept as text: it has both 1.5 and 1,5."));
        }
        let (what, count) = match () {
            () if is_most(numbers) => ("number", numbers),
            () if is_most(dates) => ("date", dates),
            () => return None,
        };
        let (line, text) = self.first_text.as_ref()?;
        Some(format!(
            "{name} is kept as text: line {line} holds “{text}”, which is no {what}, as {} of {} values are.",
            grouped(count),
            grouped(self.values)
        ))
    }
}
