//! Dates as people write them. `03/04/2024` has two readings; the whole column decides which.

use super::day::{Day, days_of};

/// How a date was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// `2024-03-01` or `2024/03/01`.
    YearFirst,
    /// `01.03.2024`: the day first, wherever dots are used.
    Dotted,
    /// `03/01/2024` or `03-01-2024`, with the readings that give a real day.
    Slashed { day_first: bool, month_first: bool },
}

/// Which reading of `03/04/2024` a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

struct Parts {
    written: Written,
    numbers: [u32; 3],
}

/// How this date is written; `None` if it is none.
pub(super) fn read(cell: &[u8]) -> Option<Written> {
    parts(cell).map(|parts| parts.written)
}

/// Days since 1970-01-01, reading slashed dates in the given order.
pub(super) fn days(cell: &[u8], order: Order) -> Option<i32> {
    let Parts {
        written,
        numbers: [a, b, c],
    } = parts(cell.trim_ascii())?;
    match (written, order) {
        (Written::YearFirst, _) => days_of(a, b, c),
        (Written::Dotted, _) | (Written::Slashed { .. }, Order::DayFirst) => days_of(c, b, a),
        (Written::Slashed { .. }, Order::MonthFirst) => days_of(c, a, b),
    }
}

/// Days since 1970-01-01 of a date written `YYYY-MM-DD`.
pub(crate) fn day_of(text: &str) -> Option<i32> {
    text.parse::<Day>().ok().map(Day::days)
}

fn parts(cell: &[u8]) -> Option<Parts> {
    // `2024-03-01` is the longest, `1.3.2024` the shortest.
    if !(8..=10).contains(&cell.len()) {
        return None;
    }
    let separator = *cell.iter().find(|b| !b.is_ascii_digit())?;
    let mut pieces = cell.split(|b| *b == separator);
    let (a, b, c) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if pieces.next().is_some() {
        return None;
    }
    let numbers = [small(a)?, small(b)?, small(c)?];
    let [x, y, z] = numbers;
    let written = match (separator, a.len(), c.len()) {
        (b'-' | b'/', 4, 1 | 2) => days_of(x, y, z).map(|_| Written::YearFirst)?,
        (b'.', 1 | 2, 4) => days_of(z, y, x).map(|_| Written::Dotted)?,
        (b'-' | b'/', 1 | 2, 4) => {
            let (day_first, month_first) = (days_of(z, y, x).is_some(), days_of(z, x, y).is_some());
            if !day_first && !month_first {
                return None;
            }
            Written::Slashed {
                day_first,
                month_first,
            }
        }
        _ => return None,
    };
    Some(Parts { written, numbers })
}

fn small(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 4 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + u32::from(digit - b'0')),
    )
}

#[cfg(test)]
mod tests {
    use super::{Order, Written, days, read};

    #[test]
    fn the_three_forms_mean_the_same_day() {
        let day = days(b"2024-03-01", Order::DayFirst);
        assert_eq!(day, Some(19_783));
        assert_eq!(days(b"01.03.2024", Order::MonthFirst), day);
        assert_eq!(days(b"1.3.2024", Order::MonthFirst), day);
        assert_eq!(days(b"01/03/2024", Order::DayFirst), day);
        assert_eq!(days(b"03/01/2024", Order::MonthFirst), day);
        assert_eq!(days(b"1970-01-01", Order::DayFirst), Some(0));
        assert_eq!(days(b"1900-02-28", Order::DayFirst), Some(-25_509));
    }

    #[test]
    fn days_that_do_not_exist_are_no_dates() {
        for text in [
            "2023-02-29",
            "1900-02-29",
            "31.04.2024",
            "13/13/2024",
            "2024-3",
            "1.2.3.2024",
            "0000-01-01",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read(b"2000-02-29"), Some(Written::YearFirst));
    }

    #[test]
    fn a_slashed_date_says_which_readings_it_allows() {
        let slashed = |day_first, month_first| {
            Some(Written::Slashed {
                day_first,
                month_first,
            })
        };
        assert_eq!(read(b"03/01/2024"), slashed(true, true));
        assert_eq!(read(b"13/01/2024"), slashed(true, false));
        assert_eq!(read(b"01/13/2024"), slashed(false, true));
    }
}
