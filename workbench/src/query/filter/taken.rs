//! The rows and participants that one rule takes, kept under the rule's value.

use std::sync::Arc;

use super::evaluate;
use crate::{
    Error, Study, Workbench,
    data::TableInfo,
    query::{
        Range, TextRule,
        bitmap::Bitmap,
        index::{NONE, Place, StudyIndex, Weigh},
        selection::digest,
    },
};

/// Distinct texts of a column up to which each of them is looked at once: with more, there is little to gain from knowing
/// which row holds which, and much to keep.
const MOST_REPEATED: u64 = 20_000;

/// The rows and participants a filter takes.
pub(crate) struct Taken {
    /// Rows of the frame.
    pub(crate) rows: Bitmap,
    /// Participants, for a filter on something that belongs to the participant. `None`: the filter
    /// is about visits.
    pub(crate) persons: Option<Bitmap>,
}

impl Weigh for Taken {
    fn bytes(&self) -> usize {
        self.rows.bytes() + self.persons.as_ref().map_or(0, Bitmap::bytes)
    }
}

/// What a filter looks for in a column.
#[derive(serde::Serialize)]
pub(super) enum Rule<'a> {
    Range(Range),
    Text(TextRule),
    Values(&'a [String]),
    Sites(&'a [String]),
}

impl Workbench {
    /// The bitmap of a rule on a column.
    pub(super) fn taken(
        &self,
        study: &Study,
        index: &StudyIndex,
        table: usize,
        column: &str,
        rule: &Rule<'_>,
    ) -> Result<Arc<Taken>, Error> {
        let info = &study.tables[table];
        let name = format!("taken/{}/{}", index.name, digest(&(&info.id, column, rule)));
        self.inner.cache.get_or_build(&name, || {
            let matches = match rule {
                Rule::Range(range) => evaluate::range(&self.column(info, column)?.values, range),
                Rule::Text(rule) if repeats(info, column) => {
                    evaluate::repeated_texts(&*self.dictionary(info, column)?, rule)
                }
                Rule::Text(rule) => evaluate::texts(&self.column(info, column)?.values, rule)?,
                Rule::Values(values) => evaluate::values(&*self.dictionary(info, column)?, values),
                Rule::Sites(sites) => evaluate::sites(&*self.dictionary(info, column)?, sites),
            };
            let has = |row: u32| row != NONE && matches.get(row as usize);
            let frame = &index.frame;
            Ok(match &index.places[table] {
                Place::Visit(slot) => {
                    let rows = &frame.tables[*slot].rows;
                    Taken {
                        rows: Bitmap::from_fn(frame.len(), |row| has(rows[row])),
                        persons: None,
                    }
                }
                Place::Person(rows) => {
                    let persons = Bitmap::from_fn(rows.len(), |person| has(rows[person]));
                    let rows =
                        Bitmap::from_fn(frame.len(), |row| persons.get(frame.person[row] as usize));
                    Taken {
                        rows,
                        persons: Some(persons),
                    }
                }
                Place::Apart => {
                    return Err(Error::BadRequest(format!(
                        "{} cannot be joined.",
                        info.name
                    )));
                }
            })
        })
    }

    /// The bitmap of the visit filter.
    pub(super) fn taken_visits(
        &self,
        index: &StudyIndex,
        visits: &[String],
    ) -> Result<Arc<Taken>, Error> {
        let name = format!("taken/{}/{}", index.name, digest(&("visits", visits)));
        self.inner.cache.get_or_build(&name, || {
            let frame = &index.frame;
            let is_asked = |rank: usize| {
                let text = frame.visits.text(rank);
                visits.iter().any(|visit| visit.trim() == text)
            };
            let asked: Vec<bool> = (0..frame.visits.len()).map(is_asked).collect();
            let is_in = |row: usize| asked.get(frame.visit[row] as usize) == Some(&true);
            Ok(Taken {
                rows: Bitmap::from_fn(frame.len(), is_in),
                persons: None,
            })
        })
    }
}

/// Whether a column has few distinct values.
fn repeats(table: &TableInfo, column: &str) -> bool {
    let column = table.column(column);
    column.is_some_and(|column| column.distinct <= MOST_REPEATED)
}
