//! Counters over one column's values, and what they amount to. No files here.

use std::collections::{BTreeMap, HashMap};

use super::{
    category::{self, MAX_CODES, MAX_LABEL},
    day::Day,
    distinct::{Distinct, hash_number, hash_text},
    natural::natural_order,
    types::{CategoryCount, ColumnInfo, ColumnType},
};

/// Most decimals a column is shown with.
const MAX_DECIMALS: u8 = 6;

/// Whole numbers: counted by value while they are few, by hash from then on.
pub(super) struct IntegerTally {
    values: u64,
    range: Option<(i64, i64)>,
    counts: Option<BTreeMap<i64, u64>>,
    distinct: Distinct,
}

impl Default for IntegerTally {
    fn default() -> Self {
        Self {
            values: 0,
            range: None,
            counts: Some(BTreeMap::new()),
            distinct: Distinct::default(),
        }
    }
}

impl IntegerTally {
    pub(super) fn add(&mut self, value: i64) {
        self.values += 1;
        self.range = Some(self.range.map_or((value, value), |(min, max)| {
            (min.min(value), max.max(value))
        }));
        let Some(counts) = &mut self.counts else {
            self.distinct.add(hash_number(value.cast_unsigned()));
            return;
        };
        *counts.entry(value).or_default() += 1;
        if counts.len() > MAX_CODES {
            for value in counts.keys() {
                self.distinct.add(hash_number(value.cast_unsigned()));
            }
            self.counts = None;
        }
    }

    pub(super) fn distinct(&self) -> u64 {
        self.counts
            .as_ref()
            .map_or_else(|| self.distinct.count(), |counts| counts.len() as u64)
    }

    /// First and last of whole numbers that are days.
    pub(super) fn dates(&self) -> Option<[Day; 2]> {
        let (first, last) = self.range?;
        Some([Day::of(first)?, Day::of(last)?])
    }

    /// Range and number of bins: one for each number where they are few, so that none stays empty
    /// for lack of numbers.
    pub(super) fn bins(&self) -> Option<([f64; 2], usize)> {
        let (min, max) = self.range?;
        let span = i128::from(max) - i128::from(min);
        let bins = usize::try_from(span + 1)
            .map_or(ColumnInfo::SKETCH_BINS, |n| n.min(ColumnInfo::SKETCH_BINS));
        Some(([min as f64, max as f64], bins))
    }

    /// Fills in what is known; `true` if the sketch has to be drawn from the values.
    pub(super) fn fill(&self, info: &mut ColumnInfo) -> bool {
        info.column_type = category::of_integers(&info.name, self.counts.as_ref(), self.values);
        info.distinct = self.distinct();
        info.range = self.range.map(|(min, max)| [min as f64, max as f64]);
        let Some(counts) = self
            .counts
            .as_ref()
            .filter(|_| info.column_type != ColumnType::Integer)
        else {
            return true;
        };
        info.categories = counts
            .iter()
            .map(|(code, count)| CategoryCount {
                value: code.to_string(),
                count: *count,
            })
            .collect();
        info.sketch = sketch_of(&info.categories);
        false
    }
}

/// Numbers with decimals.
#[derive(Default)]
pub(super) struct NumberTally {
    range: Option<[f64; 2]>,
    decimals: u8,
    distinct: Distinct,
}

impl NumberTally {
    pub(super) fn add(&mut self, value: f64) {
        self.range = Some(self.range.map_or([value, value], |[min, max]| {
            [min.min(value), max.max(value)]
        }));
        // -0 and 0 are one value.
        self.distinct.add(hash_number((value + 0.0).to_bits()));
        while self.decimals < MAX_DECIMALS && !has_decimals(value, self.decimals) {
            self.decimals += 1;
        }
    }

    pub(super) fn fill(self, info: &mut ColumnInfo) {
        info.column_type = ColumnType::Number;
        info.range = self.range;
        info.decimals = self.decimals;
        info.distinct = self.distinct.count();
    }
}

/// Whether the value is shown whole with so many decimals. Compared within a float's precision:
/// 3.4313 times 10,000 is 34313.000000000004.
fn has_decimals(value: f64, decimals: u8) -> bool {
    let scaled = value.abs() * 10f64.powi(i32::from(decimals));
    (scaled - scaled.round()).abs() <= scaled * 1e-13
}

/// Text: counted by value while values are few and short, by hash from then on.
pub(super) struct TextTally {
    values: u64,
    counts: Option<HashMap<String, u64>>,
    distinct: Distinct,
}

impl Default for TextTally {
    fn default() -> Self {
        Self {
            values: 0,
            counts: Some(HashMap::new()),
            distinct: Distinct::default(),
        }
    }
}

impl TextTally {
    pub(super) fn add(&mut self, value: &str) {
        self.values += 1;
        let Some(counts) = &mut self.counts else {
            self.distinct.add(hash_text(value));
            return;
        };
        if let Some(count) = counts.get_mut(value) {
            *count += 1;
            return;
        }
        if counts.len() < ColumnInfo::MAX_CATEGORIES && value.len() <= MAX_LABEL {
            counts.insert(value.to_owned(), 1);
            return;
        }
        for value in counts.keys() {
            self.distinct.add(hash_text(value));
        }
        self.distinct.add(hash_text(value));
        self.counts = None;
    }

    pub(super) fn fill(self, info: &mut ColumnInfo) {
        info.column_type = category::of_texts(self.counts.as_ref(), self.values);
        info.distinct = self
            .counts
            .as_ref()
            .map_or_else(|| self.distinct.count(), |counts| counts.len() as u64);
        let Some(counts) = self.counts.filter(|_| info.column_type != ColumnType::Text) else {
            return;
        };
        let mut categories: Vec<CategoryCount> = counts
            .into_iter()
            .map(|(value, count)| CategoryCount { value, count })
            .collect();
        categories.sort_unstable_by(|a, b| natural_order(&a.value, &b.value));
        info.sketch = sketch_of(&categories);
        info.categories = categories;
    }
}

/// Counts values into equal-width bins over the range; the largest falls into the last.
pub(super) fn sketch(values: impl Iterator<Item = f64>, [min, max]: [f64; 2], bins: &mut [u32]) {
    let last = bins.len() - 1;
    // Half of each, so that the whole range of floats does not overflow.
    let width = max / 2.0 - min / 2.0;
    for value in values {
        let share = if width > 0.0 {
            (value / 2.0 - min / 2.0) / width
        } else {
            0.0
        };
        let bin = (share * bins.len() as f64) as usize;
        let bin = &mut bins[bin.min(last)];
        *bin = bin.saturating_add(1);
    }
}

fn sketch_of(categories: &[CategoryCount]) -> Vec<u32> {
    let count = |category: &CategoryCount| u32::try_from(category.count).unwrap_or(u32::MAX);
    categories
        .iter()
        .take(ColumnInfo::SKETCH_BINS)
        .map(count)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{has_decimals, sketch};

    #[test]
    fn decimals_are_those_a_person_would_write() {
        for (value, decimals) in [
            (4.0, 0),
            (0.5, 1),
            (0.1 + 0.2, 1),
            (58.77, 2),
            (3.4313, 4),
            (-2.25, 2),
            (1e15, 0),
        ] {
            let found = (0..=6).find(|decimals| has_decimals(value, *decimals));
            assert_eq!(found, Some(decimals), "{value}");
        }
    }

    #[test]
    fn one_bin_for_each_of_few_numbers_and_the_largest_in_the_last() {
        let mut bins = [0; 16];
        sketch((1..=16).map(f64::from), [1.0, 16.0], &mut bins);
        assert_eq!(bins, [1; 16]);
        let mut whole = [0; 26];
        sketch(
            [f64::MIN, 0.0, f64::MAX].into_iter(),
            [f64::MIN, f64::MAX],
            &mut whole,
        );
        assert_eq!((whole[0], whole[13], whole[25]), (1, 1, 1));
    }
}
