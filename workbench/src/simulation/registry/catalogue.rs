//! The runs of one scope, and which of them fit.
//!
//! What runs share is kept once, with the runs that have it (`facts`): a word is compared with each value once, and with what is a
//! run's own in one go over all of them (`own`). Which runs fit is a set of bits, and so is who has a frequent value: the
//! time of a search hardly depends on how many tags and parameters runs have.

use std::{collections::HashMap, time::Instant};

use memchr::memmem::Finder;

use super::{
    facts::{Facts, Numbers},
    order::page,
    own::{BETWEEN, Own},
    types::{Browse, Browsed, RunRow},
    words::{folded, wanted},
};
use crate::{
    query::bitmap::Bitmap,
    simulation::{RunInfo, RunStatus},
};

/// All runs of a scope, light.
#[derive(Default)]
pub(crate) struct Catalogue {
    runs: Vec<Entry>,
    places: HashMap<String, usize>,
    facts: Facts,
    own: Own,
}

/// One run.
pub(super) struct Entry {
    /// Without its tags: they are among the numbers.
    pub(super) row: RunRow,
    /// When it was last changed.
    pub(super) changed_at: i64,
    numbers: Numbers,
}

impl Catalogue {
    /// Takes a run in, or what it has become.
    pub(crate) fn put(&mut self, run: &RunInfo, changed_at: i64) {
        let entry = Entry {
            row: row(run),
            changed_at,
            numbers: self.facts.of(run),
        };
        let place = match self.places.get(&run.id) {
            Some(place) => {
                let before = std::mem::replace(&mut self.runs[*place], entry);
                self.facts.release(&before.numbers, *place);
                *place
            }
            None => {
                self.places.insert(run.id.clone(), self.runs.len());
                self.runs.push(entry);
                self.runs.len() - 1
            }
        };
        self.hold(place);
        self.own.put(place, &own(run));
    }

    /// A run is not there any more.
    pub(crate) fn remove(&mut self, id: &str) {
        let Some(place) = self.places.remove(id) else {
            return;
        };
        let gone = self.runs.swap_remove(place);
        self.facts.release(&gone.numbers, place);
        self.own.swap_remove(place);
        if let Some(moved) = self.runs.get(place) {
            self.places.insert(moved.row.id.clone(), place);
            self.facts.release(&moved.numbers, self.runs.len());
            self.hold(place);
        }
    }

    fn hold(&mut self, place: usize) {
        let numbers = &self.runs[place].numbers;
        self.facts.hold(numbers, place, self.runs.len());
    }

    /// The runs that fit, from the one at `offset` on.
    pub(crate) fn browse(
        &self,
        asked: &Browse,
        is_pinned: Option<bool>,
        offset: usize,
        limit: usize,
    ) -> Browsed {
        let begun = Instant::now();
        let mut fits = self.fitting(asked);
        if let Some(is_pinned) = is_pinned {
            let is_so = |place: usize| self.runs[place].row.is_pinned == is_pinned;
            fits.and(&Bitmap::from_fn(self.runs.len(), is_so));
        }
        let mut browsed = Browsed {
            total: fits.count(),
            all: self.runs.len() as u64,
            ..Browsed::default()
        };
        self.facts.count(&fits, &mut browsed);
        let page = page(
            self.at(&fits),
            asked.sort,
            asked.is_ascending,
            offset,
            limit,
        );
        let rows = page.into_iter().map(|run| RunRow {
            tags: self.facts.tags(&run.numbers),
            ..run.row.clone()
        });
        browsed.rows = rows.collect();
        browsed.took_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        browsed
    }

    /// Bytes of all runs; of those that are not over what is expected of so many patients and years.
    pub(crate) fn bytes(&self, expected: impl Fn(u32, f64) -> u64) -> u64 {
        let of_run = |run: &Entry| match (run.row.status, run.row.bytes) {
            (RunStatus::Pending, _) => expected(run.row.patients, run.row.years),
            (_, bytes) => bytes.unwrap_or_default(),
        };
        self.runs.iter().map(of_run).fold(0, u64::saturating_add)
    }

    /// The ids of the first runs that fit, in order.
    pub(crate) fn ids(&self, asked: &Browse, limit: usize) -> Vec<String> {
        let found = self.at(&self.fitting(asked));
        let page = page(found, asked.sort, asked.is_ascending, 0, limit);
        page.into_iter().map(|run| run.row.id.clone()).collect()
    }

    fn at(&self, places: &Bitmap) -> Vec<&Entry> {
        places.iter().map(|place| &self.runs[place]).collect()
    }

    fn fitting(&self, asked: &Browse) -> Bitmap {
        let mut fits = self.facts.fitting(asked, self.runs.len());
        for word in wanted(&asked.text) {
            let (word, mut has) = (Finder::new(&word), Bitmap::none(self.runs.len()));
            self.facts.mark(&word, &mut has);
            self.own.mark(&word, &mut has);
            fits.and(&has);
        }
        fits
    }
}

/// What is told of a run, but for its tags.
fn row(run: &RunInfo) -> RunRow {
    let result = run.result.as_ref();
    RunRow {
        id: run.id.clone(),
        name: run.name.clone(),
        status: run.status,
        reason: run.reason.clone(),
        protocol: run.protocol_name.clone(),
        protocol_version: run.protocol_version.clone(),
        model: run.model.clone(),
        patients: run.patients,
        years: run.duration_years,
        visits: result.map(|result| result.visits),
        bytes: result.map(|result| result.bytes),
        runtime_ms: result.map(|result| result.runtime_ms),
        means: result.and_then(|result| result.means),
        tags: Vec::new(),
        is_pinned: run.is_pinned,
        created_at: run.created_at,
        version: run.version,
    }
}

/// What only this run has, folded.
fn own(run: &RunInfo) -> String {
    let result = run.result.as_ref();
    let own = [
        run.name.as_str(),
        &run.id,
        &run.notes,
        &run.seed.to_string(),
        &run.patients.to_string(),
        run.reason.as_deref().unwrap_or_default(),
        result.map_or("", |result| &result.checksum),
        run.carried.as_ref().map_or("", |carried| &carried.id),
    ];
    folded(&own.join(BETWEEN))
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
