//! The runs of one scope, and which of them fit.
//!
//! Tags, protocols and models are kept once and each run has their numbers; a word is compared with each of them once,
//! and with what is the run's own. So the time of a search hardly depends on how many tags and parameters runs have.

use std::{collections::HashMap, time::Instant};

use super::{
    order::page,
    types::{Browse, Browsed, Facet, RunRow},
    words::{Shared, Texts, folded, wanted},
};
use crate::simulation::{RunInfo, RunStatus};

/// Values of one facet that are told.
const FACETS: usize = 50;

/// All runs of a scope, light.
#[derive(Default)]
pub(crate) struct Catalogue {
    runs: Vec<Entry>,
    places: HashMap<String, usize>,
    protocols: Shared,
    models: Shared,
    tags: Shared,
    texts: Texts,
}

/// One run.
pub(super) struct Entry {
    pub(super) row: RunRow,
    /// When it was last changed.
    pub(super) changed_at: i64,
    /// What only it has, folded: name, id, notes, and the rest of its fields.
    own: String,
    protocol: u32,
    model: u32,
    text: u32,
    tags: Vec<u32>,
}

/// A word, and what has it.
struct Word {
    word: String,
    protocols: Vec<bool>,
    models: Vec<bool>,
    tags: Vec<bool>,
    texts: Vec<bool>,
}

impl Catalogue {
    /// Takes a run in, or what it has become.
    pub(crate) fn put(&mut self, run: &RunInfo, changed_at: i64) {
        let entry = self.entry(run, changed_at);
        match self.places.get(&run.id) {
            Some(place) => self.runs[*place] = entry,
            None => {
                self.places.insert(run.id.clone(), self.runs.len());
                self.runs.push(entry);
            }
        }
    }

    /// A run is not there any more.
    pub(crate) fn remove(&mut self, id: &str) {
        let Some(place) = self.places.remove(id) else {
            return;
        };
        self.runs.swap_remove(place);
        if let Some(moved) = self.runs.get(place) {
            self.places.insert(moved.row.id.clone(), place);
        }
    }

    fn entry(&mut self, run: &RunInfo, changed_at: i64) -> Entry {
        let result = run.result.as_ref();
        let own = [
            run.name.as_str(),
            &run.id,
            &run.notes,
            &run.protocol_version,
            &run.protocol_checksum,
            &run.engine,
            &run.seed.to_string(),
            &run.patients.to_string(),
            &run.start_date,
            &run.created_by,
            run.reason.as_deref().unwrap_or_default(),
            result.map_or("", |result| &result.checksum),
            run.carried.as_ref().map_or("", |carried| &carried.id),
        ];
        Entry {
            row: RunRow {
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
                tags: run.tags.clone(),
                is_pinned: run.is_pinned,
                created_at: run.created_at,
                version: run.version,
            },
            changed_at,
            own: folded(&own.join("\n")),
            protocol: self.protocols.number(&run.protocol_name),
            model: self.models.number(&run.model),
            text: self.texts.number(&run.protocol_checksum, &run.protocol),
            tags: run.tags.iter().map(|tag| self.tags.number(tag)).collect(),
        }
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
        let mut found = self.fitting(asked);
        if let Some(is_pinned) = is_pinned {
            found.retain(|entry| entry.row.is_pinned == is_pinned);
        }
        let mut browsed = Browsed {
            total: found.len() as u64,
            all: self.runs.len() as u64,
            ..Browsed::default()
        };
        self.count(&found, &mut browsed);
        let page = page(found, asked.sort, asked.is_ascending, offset, limit);
        browsed.rows = page.into_iter().map(|entry| entry.row.clone()).collect();
        browsed.took_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        browsed
    }

    /// The ids of the first runs that fit, in order.
    pub(crate) fn ids(&self, asked: &Browse, limit: usize) -> Vec<String> {
        let page = page(
            self.fitting(asked),
            asked.sort,
            asked.is_ascending,
            0,
            limit,
        );
        page.into_iter().map(|entry| entry.row.id.clone()).collect()
    }

    fn fitting(&self, asked: &Browse) -> Vec<&Entry> {
        // A value that no run has: nothing fits.
        let tags: Option<Vec<u32>> = asked.tags.iter().map(|tag| self.tags.known(tag)).collect();
        let Some(tags) = tags else {
            return Vec::new();
        };
        let numbers = |shared: &Shared, values: &[String]| -> Option<Vec<u32>> {
            let known = values.iter().filter_map(|value| shared.known(value));
            (!values.is_empty()).then(|| known.collect())
        };
        let protocols = numbers(&self.protocols, &asked.protocols);
        let models = numbers(&self.models, &asked.models);
        let words: Vec<Word> = wanted(&asked.text)
            .into_iter()
            .map(|word| self.word(word))
            .collect();
        let fits = |entry: &&Entry| {
            asked.status.is_none_or(|status| entry.row.status == status)
                && protocols
                    .as_ref()
                    .is_none_or(|it| it.contains(&entry.protocol))
                && models.as_ref().is_none_or(|it| it.contains(&entry.model))
                && tags.iter().all(|tag| entry.tags.contains(tag))
                && words.iter().all(|word| word.is_in(entry))
        };
        self.runs.iter().filter(fits).collect()
    }

    fn word(&self, word: String) -> Word {
        Word {
            protocols: self.protocols.with_word(&word),
            models: self.models.with_word(&word),
            tags: self.tags.with_word(&word),
            texts: self.texts.with_word(&word),
            word,
        }
    }

    fn count(&self, found: &[&Entry], browsed: &mut Browsed) {
        let mut protocols = vec![0; self.protocols.values.len()];
        let mut models = vec![0; self.models.values.len()];
        let mut tags = vec![0; self.tags.values.len()];
        let mut statuses = [0; 3];
        for entry in found {
            protocols[entry.protocol as usize] += 1;
            models[entry.model as usize] += 1;
            statuses[entry.row.status as usize] += 1;
            entry.tags.iter().for_each(|tag| tags[*tag as usize] += 1);
        }
        browsed.protocols = facets(&self.protocols.values, &protocols);
        browsed.models = facets(&self.models.values, &models);
        browsed.tags = facets(&self.tags.values, &tags);
        let words = [RunStatus::Pending, RunStatus::Completed, RunStatus::Failed];
        browsed.statuses = facets(&words.map(|status| status.word().to_owned()), &statuses);
    }
}

impl Word {
    fn is_in(&self, entry: &Entry) -> bool {
        self.texts[entry.text as usize]
            || self.protocols[entry.protocol as usize]
            || self.models[entry.model as usize]
            || entry.tags.iter().any(|tag| self.tags[*tag as usize])
            || entry.own.contains(&self.word)
    }
}

/// The most frequent values, equal ones by name.
fn facets(values: &[String], counts: &[u64]) -> Vec<Facet> {
    let met = values.iter().zip(counts).filter(|(_, count)| **count > 0);
    let mut met: Vec<(&String, u64)> = met.map(|(value, count)| (value, *count)).collect();
    met.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let told = met.into_iter().take(FACETS);
    told.map(|(value, count)| Facet {
        value: value.clone(),
        count,
    })
    .collect()
}
