//! Which rows of one table match one rule. A missing value never does.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
};

use crate::{
    Error,
    query::{
        Range, TextRule,
        bitmap::Bitmap,
        index::{Dictionary, NONE},
        part::Part,
    },
};

/// Rows inside an inclusive range; dates as days since 1970-01-01.
pub(super) fn range(column: &ArrayRef, range: &Range) -> Bitmap {
    let mut taken = match column.data_type() {
        DataType::Int64 => whole(column.as_primitive::<Int64Type>().values(), range),
        DataType::Date32 => whole(column.as_primitive::<Date32Type>().values(), range),
        DataType::Float64 => {
            let values = column.as_primitive::<Float64Type>().values();
            let min = range.min.unwrap_or(f64::NEG_INFINITY);
            let max = range.max.unwrap_or(f64::INFINITY);
            Bitmap::from_fn(values.len(), |row| (min..=max).contains(&values[row]))
        }
        _ => Bitmap::none(column.len()),
    };
    if let Some(nulls) = column.nulls() {
        taken.and(&Bitmap::from_fn(nulls.len(), |row| nulls.is_valid(row)));
    }
    taken
}

fn whole<T: Copy + Into<i64>>(values: &[T], range: &Range) -> Bitmap {
    let Some((min, max)) = whole_bounds(range) else {
        return Bitmap::none(values.len());
    };
    Bitmap::from_fn(values.len(), |row| {
        let value: i64 = values[row].into();
        (min..=max).contains(&value)
    })
}

/// The whole numbers in a range, compared as whole numbers: an `f64` cannot tell 2^53 from 2^53 + 1.
fn whole_bounds(range: &Range) -> Option<(i64, i64)> {
    let min = range.min.unwrap_or(f64::NEG_INFINITY).ceil();
    let max = range.max.unwrap_or(f64::INFINITY).floor();
    // 2^63 itself is past the largest i64, and the cast would fold it back onto it.
    let is_empty = min.is_nan() || max.is_nan() || min > max || min >= 9_223_372_036_854_775_808.0;
    (!is_empty && max >= -9_223_372_036_854_775_808.0).then_some((min as i64, max as i64))
}

/// Rows with a text that a rule takes.
pub(super) fn texts(column: &ArrayRef, rule: &TextRule) -> Result<Bitmap, Error> {
    let wanted = Wanted::of(rule);
    match column.as_string_view_opt() {
        Some(values) => Bitmap::from_fn_parallel(values.len(), |row| {
            values.is_valid(row) && wanted.takes(values.value(row))
        }),
        None => Ok(Bitmap::none(column.len())),
    }
}

/// The same, where few texts are repeated: each is looked at once.
pub(super) fn repeated_texts(dictionary: &Dictionary, rule: &TextRule) -> Bitmap {
    let wanted = Wanted::of(rule);
    coded(dictionary, |code| wanted.takes(&dictionary.values[code]))
}

/// What a rule looks for in a text.
struct Wanted {
    contains: Option<Part>,
    without: Option<Part>,
}

impl Wanted {
    fn of(rule: &TextRule) -> Self {
        Self {
            contains: Part::of(&rule.contains),
            without: Part::of(&rule.without),
        }
    }

    fn takes(&self, text: &str) -> bool {
        let is_in = |part: &Part| part.is_in(text);
        self.contains.as_ref().is_none_or(is_in) && !self.without.as_ref().is_some_and(is_in)
    }
}

/// Rows with one of these values; an empty list takes none.
pub(super) fn values(dictionary: &Dictionary, asked: &[String]) -> Bitmap {
    let is_asked = |code: usize| asked.iter().any(|value| dictionary.is_value(code, value));
    coded(dictionary, is_asked)
}

/// Rows whose cell names one of these sites.
pub(super) fn sites(dictionary: &Dictionary, asked: &[String]) -> Bitmap {
    let is_asked = |code: usize| {
        site_names(&dictionary.values[code])
            .any(|name| asked.iter().any(|site| site.trim() == name))
    };
    coded(dictionary, is_asked)
}

fn coded(dictionary: &Dictionary, is_asked: impl Fn(usize) -> bool) -> Bitmap {
    let asked: Vec<bool> = (0..dictionary.values.len()).map(is_asked).collect();
    let codes = &dictionary.codes;
    Bitmap::from_fn(codes.len(), |row| {
        codes[row] != NONE && asked[codes[row] as usize]
    })
}

/// The sites named in a cell: `A B`, `{A, B}`, `A;B`, `A,B`.
pub(crate) fn site_names(cell: &str) -> impl Iterator<Item = &str> {
    let separates = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '{' | '}');
    cell.split(separates).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use std::sync::Arc;

    use arrow::array::{Date32Array, Float64Array, Int64Array, StringViewArray};

    use super::*;
    use crate::{data::Day, query::DateRange};

    fn taken(column: ArrayRef, min: Option<f64>, max: Option<f64>) -> Vec<usize> {
        range(&column, &Range { min, max }).iter().collect()
    }

    #[test]
    fn a_range_takes_both_ends_and_nothing_missing() {
        let column: ArrayRef = Arc::new(Float64Array::from(vec![
            Some(2.0),
            None,
            Some(41.0),
            Some(41.1),
            Some(f64::NAN),
        ]));
        assert_eq!(taken(column.clone(), Some(2.0), Some(41.0)), [0, 2]);
        assert_eq!(taken(column.clone(), None, None), [0, 2, 3]);
        assert!(taken(column, Some(3.0), Some(2.0)).is_empty());
    }

    #[test]
    fn whole_numbers_are_not_rounded_by_a_range() {
        let column: ArrayRef = Arc::new(Int64Array::from(vec![
            Some(i64::MAX),
            Some(9_007_199_254_740_993),
            None,
            Some(3),
        ]));
        assert_eq!(
            taken(column.clone(), Some(2.5), Some(9_007_199_254_740_992.0)),
            [3]
        );
        assert_eq!(taken(column.clone(), Some(4.0), None), [0, 1]);
        assert!(taken(column, Some(1e300), None).is_empty());
    }

    #[test]
    fn a_range_of_dates_takes_both_ends_and_nothing_missing() {
        let days = [Some(19_797), None, Some(19_798), Some(-1)];
        let column: ArrayRef = Arc::new(Date32Array::from(days.to_vec()));
        let day = |text: &str| text.parse::<Day>().ok();
        let taken = |from, to| {
            let dates = DateRange { from, to };
            range(&column, &dates.in_days()).iter().collect::<Vec<_>>()
        };
        let (first, last) = (day("2024-03-15"), day("2024-03-16"));
        assert!(first.is_some() && last.is_some());
        assert_eq!(taken(first, last), [0, 2]);
        assert_eq!(taken(first, first), [0]);
        assert_eq!(taken(last, None), [2]);
        assert_eq!(taken(None, first), [0, 3]);
        assert_eq!(taken(None, None), [0, 2, 3]);
        assert!(taken(last, first).is_empty());
    }

    #[test]
    fn texts_are_taken_alike_row_by_row_and_value_by_value() {
        let cells = [
            Some("Mild oedema"),
            None,
            Some("no OEDEMA seen"),
            Some("ascites"),
            Some("Ödem, mild"),
            Some("Mild oedema"),
        ];
        let column: ArrayRef = Arc::new(StringViewArray::from(cells.to_vec()));
        let dictionary = Dictionary::of(&column).unwrap();
        let cases: [(&str, &str, &[usize]); 7] = [
            ("oedema", "", &[0, 2, 5]),
            (" OEDEMA ", "No", &[0, 5]),
            ("", "oedema", &[3, 4]),
            ("mild", "ö", &[0, 5]),
            ("", "", &[0, 2, 3, 4, 5]),
            ("mild", "mild", &[]),
            ("fever", "", &[]),
        ];
        for (contains, without, expected) in cases {
            let rule = TextRule {
                contains: contains.into(),
                without: without.into(),
            };
            let by_row: Vec<usize> = texts(&column, &rule).unwrap().iter().collect();
            assert_eq!(by_row, expected, "{rule:?}");
            let by_value: Vec<usize> = repeated_texts(&dictionary, &rule).iter().collect();
            assert_eq!(by_value, expected, "{rule:?}");
        }
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        let taken = texts(&numbers, &TextRule::default()).unwrap();
        assert_eq!(taken, Bitmap::none(2));
    }

    #[test]
    fn a_cell_may_name_several_sites() {
        for cell in ["A B", "{A, B}", "A;B", "A,B", " {A,B} "] {
            assert_eq!(site_names(cell).collect::<Vec<_>>(), ["A", "B"], "{cell}");
        }
    }
}
