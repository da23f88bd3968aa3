//! Which rows a column filter matches: text that contains, numbers that compare.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Float64Type, Int64Type},
};

use crate::{
    Error,
    query::{ResultColumn, bitmap::Bitmap, cell::shown, part::Part},
};

/// What a filter's text asks for.
#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    /// The shown text contains this.
    Contains(Part),
    /// A number inside the range; whether the ends count.
    Between { min: f64, max: f64, is_open: bool },
}

/// The rows of `values` that match; all of them for an empty text.
pub(super) fn matching(
    column: &ResultColumn,
    values: &ArrayRef,
    text: &str,
) -> Result<Bitmap, Error> {
    let len = values.len();
    match parse(column, text.trim())? {
        None => Ok(Bitmap::all(len)),
        Some(Wanted::Contains(part)) => Ok(containing(column, values, &part)),
        Some(Wanted::Between { min, max, is_open }) => {
            let is_in = |value: f64| match is_open {
                true => value > min && value < max,
                false => value >= min && value <= max,
            };
            Ok(match values.data_type() {
                DataType::Int64 => {
                    let values = values.as_primitive::<Int64Type>();
                    Bitmap::from_fn(len, |row| {
                        values.is_valid(row) && is_in(values.value(row) as f64)
                    })
                }
                DataType::Float64 => {
                    let values = values.as_primitive::<Float64Type>();
                    Bitmap::from_fn(len, |row| values.is_valid(row) && is_in(values.value(row)))
                }
                _ => Bitmap::none(len),
            })
        }
    }
}

fn parse(column: &ResultColumn, text: &str) -> Result<Option<Wanted>, Error> {
    let contains = || Ok(Part::of(text).map(Wanted::Contains));
    if text.is_empty() || !column.is_numeric {
        return contains();
    }
    let number = |part: &str| {
        let part = part.trim();
        part.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(|| {
            let name = &column.name;
            Error::BadRequest(format!(
                "The filter on {name} needs a number where it says \"{part}\": write > 3, <= 3, = 3 or 3..5."
            ))
        })
    };
    let between = |min, max, is_open| Ok(Some(Wanted::Between { min, max, is_open }));
    const LEAST: f64 = f64::NEG_INFINITY;
    const MOST: f64 = f64::INFINITY;
    if let Some(rest) = text.strip_prefix(">=") {
        between(number(rest)?, MOST, false)
    } else if let Some(rest) = text.strip_prefix("<=") {
        between(LEAST, number(rest)?, false)
    } else if let Some(rest) = text.strip_prefix('>') {
        between(number(rest)?, MOST, true)
    } else if let Some(rest) = text.strip_prefix('<') {
        between(LEAST, number(rest)?, true)
    } else if let Some(rest) = text.strip_prefix('=') {
        let value = number(rest)?;
        between(value, value, false)
    } else if let Some((min, max)) = text.split_once("..") {
        between(number(min)?, number(max)?, false)
    } else {
        contains()
    }
}

fn containing(column: &ResultColumn, values: &ArrayRef, part: &Part) -> Bitmap {
    if values.data_type() == &DataType::Utf8View {
        let values = values.as_string_view();
        return Bitmap::from_fn(values.len(), |row| {
            values.is_valid(row) && part.is_in(values.value(row))
        });
    }
    Bitmap::from_fn(values.len(), |row| {
        shown(values, row, column.decimals).is_some_and(|text| part.is_in(&text))
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use std::sync::Arc;

    use arrow::array::{Float64Array, StringViewArray};

    use super::*;
    use crate::data::ColumnType;

    fn column(is_numeric: bool) -> ResultColumn {
        ResultColumn {
            name: "bili".into(),
            table: "labs".into(),
            column: "bili".into(),
            visit: None,
            column_type: if is_numeric {
                ColumnType::Number
            } else {
                ColumnType::Text
            },
            is_numeric,
            is_key: false,
            decimals: 1,
            missing: 0,
            mean: None,
            sd: None,
            range: None,
        }
    }

    fn found(values: &ArrayRef, is_numeric: bool, text: &str) -> Vec<usize> {
        matching(&column(is_numeric), values, text)
            .unwrap()
            .iter()
            .collect()
    }

    #[test]
    fn numbers_compare_and_contain() {
        let values: ArrayRef = Arc::new(Float64Array::from(vec![
            Some(1.5),
            Some(3.0),
            None,
            Some(5.0),
            Some(15.0),
        ]));
        let cases: [(&str, &[usize]); 8] = [
            ("> 3", &[3, 4]),
            (">=3", &[1, 3, 4]),
            ("< 3", &[0]),
            ("<= 3", &[0, 1]),
            ("= 3", &[1]),
            ("3..5", &[1, 3]),
            ("15", &[4]),
            ("", &[0, 1, 2, 3, 4]),
        ];
        for (text, expected) in cases {
            assert_eq!(found(&values, true, text), expected, "{text}");
        }
        let unclear = matching(&column(true), &values, "> three");
        assert!(matches!(unclear, Err(Error::BadRequest(text)) if text.contains("three")));
    }

    #[test]
    fn texts_contain_without_regard_to_case() {
        let values: ArrayRef = Arc::new(StringViewArray::from(vec![
            Some("Ärzte"),
            Some("> 3"),
            None,
            Some("ab"),
        ]));
        assert_eq!(found(&values, false, "ÄRZ"), [0]);
        assert_eq!(found(&values, false, "> 3"), [1]);
        assert_eq!(found(&values, false, "B"), [3]);
    }
}
