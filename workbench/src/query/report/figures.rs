//! What is in the cells of one column, in one line: mean, median, deviation and range of numbers, the range of dates, the
//! commonest of other values.

use std::hash::Hash;

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
};
use hashbrown::HashMap;

use super::percent;
use crate::{
    data::ColumnType,
    query::{ResultColumn, cell::text_of, merge::Stats},
};

/// Values listed before the rest is counted.
const LISTED: usize = 5;
/// Characters of a listed value.
const VALUE_CHARACTERS: usize = 60;

/// `mean 3.4313, median 1.3, ...`; empty if there is no value.
pub(super) fn summary(column: &ResultColumn, cells: &ArrayRef) -> String {
    if cells.null_count() == cells.len() {
        return String::new();
    }
    match column.column_type {
        _ if column.is_key => distinct(tally(cells).len()),
        ColumnType::Integer | ColumnType::Number => numbers(cells),
        ColumnType::Date => dates(cells),
        _ => commonest(cells),
    }
}

/// What a column's values are, in a word.
pub(super) fn kind(column: &ResultColumn) -> &'static str {
    match column.column_type {
        ColumnType::Integer => "integer",
        ColumnType::Number => "number",
        ColumnType::Category => "category",
        ColumnType::YesNo => "yes/no",
        ColumnType::Date => "date",
        ColumnType::Text => "text",
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures have fewer digits than 53 bits"
)]
fn numbers(cells: &ArrayRef) -> String {
    let known = (0..cells.len()).filter(|row| cells.is_valid(*row));
    let mut values: Vec<f64> = match cells.data_type() {
        DataType::Int64 => {
            let values = cells.as_primitive::<Int64Type>();
            known.map(|row| values.value(row) as f64).collect()
        }
        DataType::Float64 => {
            let values = cells.as_primitive::<Float64Type>();
            known.map(|row| values.value(row)).collect()
        }
        // A column that two tables share, and one of them wrote as text.
        _ => return commonest(cells),
    };
    values.retain(|value| value.is_finite());
    let stats = Stats::of(cells);
    let (Some(mean), Some([min, max]), Some(median)) =
        (stats.mean(), stats.range(), median(&mut values))
    else {
        return String::new();
    };
    let sd = stats.sd().map_or_else(|| "none".to_owned(), figure);
    format!(
        "mean {}, median {}, sd {sd}, range {min} to {max}",
        figure(mean),
        figure(median)
    )
}

/// The middle, or between the two that are. Reorders the values.
fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let is_even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    match is_even {
        true => Some(f64::midpoint(
            below.iter().copied().fold(f64::MIN, f64::max),
            upper,
        )),
        false => Some(upper),
    }
}

/// Four decimals, or as many digits where these would say nothing.
fn figure(value: f64) -> String {
    if value != 0.0 && !(0.01..1e15).contains(&value.abs()) {
        return format!("{value:.4e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn dates(cells: &ArrayRef) -> String {
    let DataType::Date32 = cells.data_type() else {
        return commonest(cells);
    };
    let days = cells.as_primitive::<Date32Type>();
    let known = (0..cells.len()).filter(|row| cells.is_valid(*row));
    let (mut first, mut last) = (None::<usize>, None::<usize>);
    for row in known {
        if first.is_none_or(|first| days.value(row) < days.value(first)) {
            first = Some(row);
        }
        if last.is_none_or(|last| days.value(row) > days.value(last)) {
            last = Some(row);
        }
    }
    let day = |row: Option<usize>| row.and_then(|row| text_of(cells, row)).unwrap_or_default();
    format!("range {} to {}", day(first), day(last))
}

fn commonest(cells: &ArrayRef) -> String {
    let mut values = tally(cells);
    let known = (cells.len() - cells.null_count()) as u64;
    // Where they are equally common, the one that comes first in the data.
    values.sort_unstable_by_key(|(row, count)| (std::cmp::Reverse(*count), *row));
    let is_list = values.first().is_some_and(|(_, count)| *count > 1);
    if values.len() > LISTED && !is_list {
        return distinct(values.len());
    }
    let listed = values.iter().take(LISTED).map(|(row, count)| {
        let text = text_of(cells, *row as usize).unwrap_or_default();
        let text: String = text.chars().take(VALUE_CHARACTERS).collect();
        format!("{text} {count} ({} %)", percent(*count, known))
    });
    let mut summary = listed.collect::<Vec<_>>().join(", ");
    if values.len() > LISTED {
        summary.push_str(&format!(", and {} more values", values.len() - LISTED));
    }
    summary
}

fn distinct(count: usize) -> String {
    match count {
        1 => "1 distinct value".into(),
        count => format!("{count} distinct values"),
    }
}

/// The distinct values: the first row of each, and how often it is there.
fn tally(cells: &ArrayRef) -> Vec<(u32, u64)> {
    match cells.data_type() {
        DataType::Int64 => {
            let values = cells.as_primitive::<Int64Type>();
            count(cells, |row| values.value(row))
        }
        DataType::Float64 => {
            let values = cells.as_primitive::<Float64Type>();
            // Zero has two bit patterns and is one value.
            count(cells, |row| (values.value(row) + 0.0).to_bits())
        }
        DataType::Date32 => {
            let values = cells.as_primitive::<Date32Type>();
            count(cells, |row| values.value(row))
        }
        DataType::Utf8View => {
            let values = cells.as_string_view();
            count(cells, |row| values.value(row))
        }
        _ => Vec::new(),
    }
}

fn count<K: Hash + Eq>(cells: &ArrayRef, key: impl Fn(usize) -> K) -> Vec<(u32, u64)> {
    let mut seen: HashMap<K, (u32, u64)> = HashMap::new();
    for (row, number) in (0..cells.len()).zip(0_u32..) {
        if cells.is_valid(row) {
            seen.entry(key(row)).or_insert((number, 0)).1 += 1;
        }
    }
    seen.into_values().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float64Array, StringViewArray};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_median_is_the_one_of_the_sorted_values(
            values in proptest::collection::vec(-1e6..1e6_f64, 1..40),
        ) {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let expected = (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0;
            let found = median(&mut values.clone());
            prop_assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9));
        }
    }

    #[test]
    fn numbers_say_mean_median_deviation_and_range() {
        let cells: ArrayRef = Arc::new(Float64Array::from(vec![
            Some(1.0),
            None,
            Some(2.0),
            Some(6.0),
            Some(f64::NAN),
        ]));
        assert_eq!(numbers(&cells), "mean 3, median 2, sd 2.6458, range 1 to 6");
        assert_eq!(figure(3.431_344), "3.4313");
        assert_eq!(figure(1.5e-9), "1.5000e-9");
    }

    #[test]
    fn other_values_are_listed_by_how_common_they_are() {
        let cells: ArrayRef = Arc::new(StringViewArray::from(vec![
            Some("b"),
            Some("a"),
            None,
            Some("a"),
            Some("c"),
        ]));
        assert_eq!(
            commonest(&cells),
            "a 2 (50.00 %), b 1 (25.00 %), c 1 (25.00 %)"
        );
        let names: Vec<String> = (0..9).map(|n| format!("n{n}")).collect();
        let cells: ArrayRef = Arc::new(StringViewArray::from_iter_values(&names));
        assert_eq!(commonest(&cells), "9 distinct values");
    }
}
