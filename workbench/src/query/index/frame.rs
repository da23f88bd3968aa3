//! The visit frame: the full outer union of all visit-level tables on (participant, visit), with a
//! row pointer per table. No visit is lost, and a person's visits never multiply: a key that a
//! table holds twice pairs up in order with the other tables' first, second, ... of that key.

use super::{NONE, keys::Keys};
use crate::{Error, query::bitmap::Bitmap};

/// One visit-level table, its rows ranked: who, and which visit ([`NONE`] if it has no name).
pub(crate) struct Ranked {
    pub(crate) person: Vec<u32>,
    pub(crate) visit: Vec<u32>,
}

/// All visits of all participants of the cohort, by participant, then visit.
pub(crate) struct Frame {
    /// Participant of each row.
    pub(crate) person: Vec<u32>,
    /// Visit of each row; beyond `visits` if the visit has no name.
    pub(crate) visit: Vec<u32>,
    /// The last row of each participant that has any.
    pub(crate) ends: Bitmap,
    /// One entry per visit-level table.
    pub(crate) tables: Vec<TableRows>,
    /// Names of the visits, in natural order.
    pub(crate) visits: Keys,
}

/// Where a visit-level table has the rows of the frame.
pub(crate) struct TableRows {
    /// Row in the table, or [`NONE`].
    pub(crate) rows: Vec<u32>,
    /// The frame rows it has.
    pub(crate) present: Bitmap,
}

impl Frame {
    /// Rows of the frame.
    pub(crate) fn len(&self) -> usize {
        self.person.len()
    }

    /// Whether a row's visit has a name.
    pub(crate) fn is_named(&self, row: usize) -> bool {
        (self.visit[row] as usize) < self.visits.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        let tables: usize = self
            .tables
            .iter()
            .map(|t| t.rows.len() * 4 + t.present.bytes())
            .sum();
        self.len() * 8 + self.ends.bytes() + tables + self.visits.bytes()
    }

    /// The union of `tables`. Takes 12 bytes a table row meanwhile.
    pub(crate) fn of(visits: Keys, tables: Vec<Ranked>) -> Result<Self, Error> {
        let unnamed = u32::try_from(visits.len()).unwrap_or(NONE);
        let mut sorted: Vec<Sorted> = tables
            .into_iter()
            .zip(unnamed..)
            .map(|(table, unnamed)| Sorted::of(&table, unnamed))
            .collect();
        let most: usize = sorted.iter().map(|table| table.keys.len()).sum();
        if u32::try_from(most).is_err() {
            return Err(Error::TooLarge {
                what: format!("The union of {most} visits"),
                limit: "4 billion rows".into(),
                setting: "none; take fewer tables",
            });
        }
        let largest = sorted
            .iter()
            .map(|table| table.keys.len())
            .max()
            .unwrap_or(0);
        let mut person = Vec::with_capacity(largest);
        let mut visit = Vec::with_capacity(largest);
        let mut rows: Vec<Vec<u32>> = sorted.iter().map(|_| Vec::with_capacity(largest)).collect();
        // Each turn writes one row: the least key, and a row of every table that is at that key.
        while let Some(key) = sorted.iter().filter_map(Sorted::peek).min() {
            person.push((key >> 32) as u32);
            visit.push(key as u32);
            for (table, rows) in sorted.iter_mut().zip(&mut rows) {
                rows.push(table.take(key));
            }
        }
        let len = person.len();
        let ends = Bitmap::from_fn(len, |row| row + 1 == len || person[row] != person[row + 1]);
        let tables = rows
            .into_iter()
            .map(|rows| TableRows {
                present: Bitmap::from_fn(len, |row| rows[row] != NONE),
                rows,
            })
            .collect();
        Ok(Self {
            person,
            visit,
            ends,
            tables,
            visits,
        })
    }
}

/// A table's rows by key; rows of nobody in the cohort are left out.
struct Sorted {
    /// Participant in the upper half, visit in the lower, ascending.
    keys: Vec<u64>,
    /// The row of each key; `None` if the table was in order already.
    rows: Option<Vec<u32>>,
    at: usize,
}

impl Sorted {
    /// Visits without a name get a number past all names that is the table's own: nobody knows
    /// whether they are the visits another table left unnamed, so they never pair up.
    fn of(table: &Ranked, unnamed: u32) -> Self {
        let key = |row: usize| {
            let visit = match table.visit[row] {
                NONE => unnamed,
                visit => visit,
            };
            u64::from(table.person[row]) << 32 | u64::from(visit)
        };
        let keys: Vec<u64> = (0..table.person.len()).map(key).collect();
        let is_inside = table.person.iter().all(|person| *person != NONE);
        if is_inside && keys.is_sorted() {
            return Self {
                keys,
                rows: None,
                at: 0,
            };
        }
        let mut pairs: Vec<(u64, u32)> = keys
            .into_iter()
            .zip(0..)
            .filter(|(key, _)| (key >> 32) as u32 != NONE)
            .collect();
        // By key, then by row: the order of occurrences is the order in the table.
        pairs.sort_unstable();
        let (keys, rows): (Vec<u64>, Vec<u32>) = pairs.into_iter().unzip();
        Self {
            keys,
            rows: Some(rows),
            at: 0,
        }
    }

    fn peek(&self) -> Option<u64> {
        self.keys.get(self.at).copied()
    }

    /// The next row if it has this key.
    fn take(&mut self, key: u64) -> u32 {
        if self.peek() != Some(key) {
            return NONE;
        }
        let at = self.at;
        self.at += 1;
        match &self.rows {
            Some(rows) => rows[at],
            None => u32::try_from(at).unwrap_or(NONE),
        }
    }
}
