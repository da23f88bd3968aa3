//! Which rows of one table match one rule. A missing value never does.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Float64Type, Int64Type},
};

use crate::query::{
    Range,
    bitmap::Bitmap,
    index::{Dictionary, NONE},
};

/// Rows inside an inclusive range.
pub(super) fn range(column: &ArrayRef, range: &Range) -> Bitmap {
    let mut taken = match column.data_type() {
        DataType::Int64 => {
            let values = column.as_primitive::<Int64Type>().values();
            match whole_bounds(range) {
                Some((min, max)) => {
                    Bitmap::from_fn(values.len(), |row| (min..=max).contains(&values[row]))
                }
                None => Bitmap::none(values.len()),
            }
        }
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

/// The whole numbers in a range, compared as whole numbers: an `f64` cannot tell 2^53 from 2^53 + 1.
fn whole_bounds(range: &Range) -> Option<(i64, i64)> {
    let min = range.min.unwrap_or(f64::NEG_INFINITY).ceil();
    let max = range.max.unwrap_or(f64::INFINITY).floor();
    // 2^63 itself is past the largest i64, and the cast would fold it back onto it.
    let is_empty = min.is_nan() || max.is_nan() || min > max || min >= 9_223_372_036_854_775_808.0;
    (!is_empty && max >= -9_223_372_036_854_775_808.0).then_some((min as i64, max as i64))
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
    use std::sync::Arc;

    use arrow::array::{Float64Array, Int64Array};

    use super::*;

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
    fn a_cell_may_name_several_sites() {
        for cell in ["A B", "{A, B}", "A;B", "A,B", " {A,B} "] {
            assert_eq!(site_names(cell).collect::<Vec<_>>(), ["A", "B"], "{cell}");
        }
    }
}
