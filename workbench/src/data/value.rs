//! What one cell of a text file holds, and its value. Whole columns are judged in `infer.rs`.

use super::dates::{self, Written};

/// Words that stand for "no value", in any case, besides the empty cell.
const MISSING: [&[u8]; 5] = [b"na", b"nan", b"null", b"n/a", b"."];

/// Digits that fit `i64` whatever they are.
const SAFE_DIGITS: usize = 18;

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Missing,
    Integer,
    /// A whole number over 64 bits; as a float it would lose digits.
    Huge,
    /// Digits with a leading zero: a code such as `007`, which a number would shorten.
    Coded,
    Decimal,
    /// `1,5`. Ambiguous if it may also be a thousand: `1,234`.
    Comma {
        is_ambiguous: bool,
    },
    Date(Written),
    Text,
}

/// Whether the cell stands for "no value".
pub(super) fn is_missing(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.is_empty()
        || (cell.len() <= 4 && MISSING.iter().any(|word| cell.eq_ignore_ascii_case(word)))
}

/// Characters of a number that is finite whatever they are, if it has no exponent.
const SAFE_LENGTH: usize = 300;

/// Looks at a cell. Most text is told from its first byte.
pub(super) fn classify(cell: &[u8]) -> Kind {
    let cell = cell.trim_ascii();
    match cell.first() {
        None => Kind::Missing,
        Some(b'0'..=b'9') => number_or_date(cell, false),
        Some(b'+' | b'-') => number_or_date(&cell[1..], true),
        Some(b'.') if cell.len() > 1 => number_or_date(cell, false),
        Some(b'n' | b'N' | b'.') if is_missing(cell) => Kind::Missing,
        _ => Kind::Text,
    }
}

fn number_or_date(cell: &[u8], is_signed: bool) -> Kind {
    let whole = digits(cell);
    let rest = &cell[whole..];
    let fraction = rest.get(1..).unwrap_or_default();
    match rest.first() {
        None if whole == 0 => Kind::Text,
        None if whole > 1 && cell[0] == b'0' => Kind::Coded,
        None if whole <= SAFE_DIGITS => Kind::Integer,
        None if integer(cell).is_some() => Kind::Integer,
        None if whole <= SAFE_LENGTH => Kind::Huge,
        None => Kind::Text,
        Some(b'.') => {
            let decimals = digits(fraction);
            let exponent = &fraction[decimals..];
            if whole + decimals > 0 && is_exponent_or_end(exponent) {
                decimal(cell, !exponent.is_empty())
            } else {
                date_or_text(cell, is_signed)
            }
        }
        Some(b'e' | b'E') if whole > 0 && is_exponent_or_end(rest) => decimal(cell, true),
        Some(b',') => {
            let decimals = digits(fraction);
            if decimals > 0 && decimals == fraction.len() && cell.len() <= SAFE_LENGTH {
                let is_ambiguous = decimals == 3 && (1..=3).contains(&whole) && cell[0] != b'0';
                Kind::Comma { is_ambiguous }
            } else {
                Kind::Text
            }
        }
        Some(b'-' | b'/') => date_or_text(cell, is_signed),
        Some(_) => Kind::Text,
    }
}

/// `1e999` is written like a number, and is none that a float can hold.
fn decimal(cell: &[u8], has_exponent: bool) -> Kind {
    if (has_exponent || cell.len() > SAFE_LENGTH) && number(cell).is_none() {
        return Kind::Text;
    }
    Kind::Decimal
}

fn date_or_text(cell: &[u8], is_signed: bool) -> Kind {
    match dates::read(cell) {
        Some(written) if !is_signed => Kind::Date(written),
        _ => Kind::Text,
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn is_exponent_or_end(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        [b'e' | b'E', exponent @ ..] => {
            let exponent = match exponent {
                [b'+' | b'-', digits @ ..] => digits,
                digits => digits,
            };
            // Three digits reach past the largest float.
            (1..=3).contains(&exponent.len()) && digits(exponent) == exponent.len()
        }
        _ => false,
    }
}

/// The whole number in a cell.
pub(super) fn integer(cell: &[u8]) -> Option<i64> {
    std::str::from_utf8(cell.trim_ascii()).ok()?.parse().ok()
}

/// The number in a cell with a decimal point. Overflow to infinity is no number.
pub(super) fn number(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell.trim_ascii()).ok()?;
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The number in a cell with a decimal comma.
pub(super) fn comma_number(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell.trim_ascii()).ok()?;
    let text = text.replacen(',', ".", 1);
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::{Kind, classify, comma_number, integer, number};

    #[test]
    fn a_cell_is_what_it_looks_like() {
        for (cell, kind) in [
            ("", Kind::Missing),
            ("  ", Kind::Missing),
            ("NA", Kind::Missing),
            ("NaN", Kind::Missing),
            ("null", Kind::Missing),
            ("N/A", Kind::Missing),
            (".", Kind::Missing),
            ("nan1", Kind::Text),
            ("0", Kind::Integer),
            (" -12 ", Kind::Integer),
            ("9223372036854775807", Kind::Integer),
            ("9223372036854775808", Kind::Huge),
            ("007", Kind::Coded),
            ("1.", Kind::Decimal),
            (".5", Kind::Decimal),
            ("-1.5e-7", Kind::Decimal),
            ("1e5", Kind::Decimal),
            ("1e", Kind::Text),
            (
                "1,5",
                Kind::Comma {
                    is_ambiguous: false,
                },
            ),
            (
                "0,123",
                Kind::Comma {
                    is_ambiguous: false,
                },
            ),
            ("1,234", Kind::Comma { is_ambiguous: true }),
            ("1,234,567", Kind::Text),
            ("1.234,5", Kind::Text),
            ("-", Kind::Text),
            ("=1+1", Kind::Text),
            ("1/2", Kind::Text),
            ("inf", Kind::Text),
            ("1e999", Kind::Text),
            ("1e-999", Kind::Decimal),
        ] {
            assert_eq!(classify(cell.as_bytes()), kind, "{cell:?}");
        }
        assert!(matches!(classify(b"2024-03-01"), Kind::Date(_)));
        assert!(matches!(classify(b"01.03.2024"), Kind::Date(_)));
        assert_eq!(classify(b"-01.03.2024"), Kind::Text);
    }

    #[test]
    fn values_are_exact() {
        assert_eq!(integer(b"+12"), Some(12));
        assert_eq!(number(b" 3.4313 "), Some(3.4313));
        assert_eq!(number(b"1e999"), None);
        assert_eq!(comma_number(b"-1,5"), Some(-1.5));
    }
}
