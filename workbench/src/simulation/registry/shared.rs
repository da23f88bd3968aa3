//! Values that runs share, each once: who has it, and whether a word is in it.

use std::collections::HashMap;

use memchr::memmem::Finder;

use super::{holders::Holders, types::Facet, words::folded};
use crate::query::bitmap::Bitmap;

/// Values of one facet that are told.
const FACETS: usize = 50;

/// Values, each under a number.
#[derive(Default)]
pub(super) struct Shared {
    numbers: HashMap<String, u32>,
    values: Vec<Value>,
}

#[derive(Default)]
struct Value {
    text: String,
    /// As a word is compared with it.
    folded: String,
    holders: Holders,
}

impl Shared {
    pub(super) fn number(&mut self, value: &str) -> u32 {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let number = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.numbers.insert(value.to_owned(), number);
        self.values.push(Value {
            text: value.to_owned(),
            folded: folded(value),
            holders: Holders::default(),
        });
        number
    }

    pub(super) fn value(&self, number: u32) -> &str {
        &self.values[number as usize].text
    }

    pub(super) fn holders(&mut self, number: u32) -> &mut Holders {
        &mut self.values[number as usize].holders
    }

    /// The runs that have one of these values, among so many.
    pub(super) fn with_any(&self, values: &[impl AsRef<str>], runs: usize) -> Bitmap {
        let mut has = Bitmap::none(runs);
        let known = values
            .iter()
            .filter_map(|value| self.numbers.get(value.as_ref()));
        known.for_each(|number| self.values[*number as usize].holders.mark(&mut has));
        has
    }

    /// Marks the runs with a value that has this word in it.
    pub(super) fn mark(&self, word: &Finder<'_>, has: &mut Bitmap) {
        for value in &self.values {
            if word.find(value.folded.as_bytes()).is_some() {
                value.holders.mark(has);
            }
        }
    }

    /// The most frequent values of what was found, equal ones by name.
    pub(super) fn facets(&self, found: &Bitmap) -> Vec<Facet> {
        let counts = self
            .values
            .iter()
            .map(|it| (&it.text, it.holders.among(found)));
        let mut met: Vec<(&String, u64)> = counts.filter(|(_, count)| *count > 0).collect();
        let order =
            |a: &(&String, u64), b: &(&String, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
        if met.len() > FACETS {
            met.select_nth_unstable_by(FACETS, order);
            met.truncate(FACETS);
        }
        met.sort_unstable_by(order);
        let told = met.into_iter().map(|(value, count)| Facet {
            value: value.clone(),
            count,
        });
        told.collect()
    }
}
