//! Who and what is left under a set of filters, for the tables taken. Works on bitmaps only.
//!
//! A row of the result is a row of the visit frame that a taken table has, or a participant without
//! any such row as long as no filter is about visits. With no visit-level table taken, a row is a
//! participant, and a filter about visits keeps those with a visit that matches all of them.

use std::sync::Arc;

use super::{
    Counts, Selection,
    bitmap::Bitmap,
    filter::Filter,
    index::{Place, StudyIndex, Weigh},
    selection::digest,
};
use crate::{Error, Study, Workbench};

/// The rows that the taken tables have.
pub(crate) struct Universe {
    /// Frame rows of any taken visit-level table; `None` if no such table is taken.
    rows: Option<Bitmap>,
    /// Participants without any of these rows.
    alone: Bitmap,
}

impl Weigh for Universe {
    fn bytes(&self) -> usize {
        self.rows.as_ref().map_or(0, Bitmap::bytes) + self.alone.bytes()
    }
}

/// What is left.
#[derive(Clone)]
pub(crate) struct Cohort {
    /// Rows of the frame. If `by_person`, those by which a participant is in.
    pub(crate) rows: Bitmap,
    /// Participants that are in without a row of the frame.
    pub(crate) alone: Bitmap,
    /// Whether a row of the result is a participant.
    pub(crate) by_person: bool,
}

impl Cohort {
    /// The numbers.
    pub(crate) fn counts(&self, index: &StudyIndex) -> Counts {
        let alone = self.alone.count();
        let participants = self.rows.segments(&index.frame.ends) + alone;
        let rows = if self.by_person {
            participants
        } else {
            self.rows.count() + alone
        };
        Counts { participants, rows }
    }

    /// The participants that are in, in order.
    pub(crate) fn persons(&self, index: &StudyIndex) -> Bitmap {
        let mut persons = self.alone.clone();
        for row in self.rows.iter() {
            persons.set(index.frame.person[row] as usize);
        }
        persons
    }
}

/// Filters as they are added one after the other.
#[derive(Clone)]
pub(crate) struct Narrowing<'a> {
    universe: &'a Universe,
    rows: Bitmap,
    persons: Bitmap,
    is_about_visits: bool,
}

impl<'a> Narrowing<'a> {
    /// Everyone.
    pub(crate) fn new(universe: &'a Universe, index: &StudyIndex) -> Self {
        let rows = universe.rows.clone();
        Self {
            universe,
            rows: rows.unwrap_or_else(|| Bitmap::all(index.frame.len())),
            persons: Bitmap::all(index.participants()),
            is_about_visits: false,
        }
    }

    /// One more filter.
    pub(crate) fn add(&mut self, filter: &Filter) {
        self.rows.and(&filter.taken.rows);
        match &filter.taken.persons {
            Some(persons) => self.persons.and(persons),
            None => self.is_about_visits = true,
        }
    }

    /// All of these.
    pub(crate) fn with<'f>(mut self, filters: impl Iterator<Item = &'f Filter>) -> Self {
        filters.for_each(|filter| self.add(filter));
        self
    }

    /// What is left now.
    pub(crate) fn cohort(&self) -> Cohort {
        let by_person = self.universe.rows.is_none();
        let none = || Bitmap::none(self.rows.len());
        let (rows, alone) = match (by_person, self.is_about_visits) {
            (true, false) => (none(), self.persons.clone()),
            (_, true) => (self.rows.clone(), Bitmap::none(self.persons.len())),
            (false, false) => {
                let mut alone = self.persons.clone();
                alone.and(&self.universe.alone);
                (self.rows.clone(), alone)
            }
        };
        Cohort {
            rows,
            alone,
            by_person,
        }
    }
}

impl Workbench {
    /// The rows that the taken tables have, from the cache.
    pub(crate) fn universe(
        &self,
        study: &Study,
        index: &StudyIndex,
        selection: &Selection,
    ) -> Result<Arc<Universe>, Error> {
        let is_taken = |at: &usize| selection.tables.contains_key(&study.tables[*at].name);
        let slots: Vec<usize> = (0..study.tables.len())
            .filter(is_taken)
            .filter_map(|at| match index.places[at] {
                Place::Visit(slot) => Some(slot),
                _ => None,
            })
            .collect();
        let name = format!("universe/{}/{}", index.name, digest(&slots));
        self.inner.cache.get_or_build(&name, || {
            let mut rows: Option<Bitmap> = None;
            for slot in &slots {
                let present = &index.frame.tables[*slot].present;
                match &mut rows {
                    Some(rows) => rows.or(present),
                    None => rows = Some(present.clone()),
                }
            }
            let mut alone = Bitmap::all(index.participants());
            for row in rows.iter().flat_map(Bitmap::iter) {
                alone.clear(index.frame.person[row] as usize);
            }
            Ok(Universe { rows, alone })
        })
    }
}
