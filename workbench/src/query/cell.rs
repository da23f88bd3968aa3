//! One cell as text: in full precision for files and comparisons, in the column's precision for
//! the screen.

use std::fmt::Write;

use arrow::{
    array::{Array, AsArray},
    datatypes::{DataType, Date32Type, Float64Type, Int64Type},
    temporal_conversions::date32_to_datetime,
};

/// From here on a number is written with an exponent: more digits than an `f64` holds.
const LONG: f64 = 1e15;
/// Below this too: a row of zeros says less than an exponent.
const SHORT: f64 = 1e-5;

/// The value in full precision: numbers in the fewest digits that read back the same, dates as
/// `YYYY-MM-DD`. `None` if missing.
pub(crate) fn text_of(column: &dyn Array, row: usize) -> Option<String> {
    let mut text = String::new();
    push(column, row, &mut text).then_some(text)
}

/// As [`text_of`], at the end of `out`; whether there was a value.
pub(crate) fn push(column: &dyn Array, row: usize, out: &mut String) -> bool {
    format(column, row, out, |value, out| {
        let size = value.abs();
        match size != 0.0 && !(SHORT..LONG).contains(&size) {
            true => write!(out, "{value:e}"),
            false => write!(out, "{value}"),
        }
    })
}

/// The value with this many decimals, where it has any to round. `None` if missing.
pub(crate) fn shown(column: &dyn Array, row: usize, decimals: u8) -> Option<String> {
    let mut text = String::new();
    let is_known = format(column, row, &mut text, |value, out| {
        match value.abs() >= LONG {
            true => write!(out, "{value:e}"),
            false => write!(out, "{value:.*}", usize::from(decimals)),
        }
    });
    // What rounds to zero has no sign.
    let is_zero = |rest: &str| rest.bytes().all(|b| matches!(b, b'0' | b'.'));
    if column.data_type() == &DataType::Float64 && text.strip_prefix('-').is_some_and(is_zero) {
        text.remove(0);
    }
    is_known.then_some(text)
}

fn format(
    column: &dyn Array,
    row: usize,
    out: &mut String,
    number: impl Fn(f64, &mut String) -> std::fmt::Result,
) -> bool {
    if column.is_null(row) {
        return false;
    }
    let written = match column.data_type() {
        DataType::Int64 => write!(out, "{}", column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => number(column.as_primitive::<Float64Type>().value(row), out),
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(row);
            match date32_to_datetime(days) {
                Some(day) => write!(out, "{}", day.date()),
                None => return false,
            }
        }
        DataType::Utf8View => out.write_str(column.as_string_view().value(row)),
        _ => return false,
    };
    written.is_ok()
}

#[cfg(test)]
mod tests {
    use arrow::array::{Date32Array, Float64Array, Int64Array, StringViewArray};

    use super::*;

    #[test]
    fn a_shown_number_keeps_the_precision_of_its_column() {
        let values =
            Float64Array::from(vec![Some(2.6), Some(-0.001), None, Some(2.665), Some(1e20)]);
        let cells: Vec<_> = (0..5).map(|row| shown(&values, row, 2)).collect();
        let expected = [Some("2.60"), Some("0.00"), None, Some("2.67"), Some("1e20")];
        // 2.665 is stored as 2.66500000000000003553, so it rounds up.
        assert_eq!(cells, expected.map(|cell| cell.map(str::to_owned)));
    }

    #[test]
    fn a_whole_cell_reads_back_as_the_stored_value() {
        let numbers = [0.1 + 0.2, 1e300, -1.5e-9, 138.0, f64::MIN_POSITIVE];
        let values = Float64Array::from(numbers.to_vec());
        for (row, number) in numbers.into_iter().enumerate() {
            assert_eq!(
                text_of(&values, row).map(|text| text.parse()),
                Some(Ok(number))
            );
        }
        assert_eq!(text_of(&values, 3).as_deref(), Some("138"));
    }

    #[test]
    fn whole_numbers_dates_and_texts_are_written_as_they_are() {
        assert_eq!(
            shown(&Int64Array::from(vec![i64::MAX]), 0, 3).as_deref(),
            Some("9223372036854775807")
        );
        assert_eq!(
            shown(&Date32Array::from(vec![19_797]), 0, 0).as_deref(),
            Some("2024-03-15")
        );
        assert_eq!(
            shown(&StringViewArray::from(vec!["=1"]), 0, 0).as_deref(),
            Some("=1")
        );
    }
}
