//! A day of the calendar: `YYYY-MM-DD` wherever it is written, days since 1970-01-01 inside. How else people write dates is
//! the import's business (`dates`).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A day from 0001-01-01 to 9999-12-31, written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(
    feature = "engine",
    derive(utoipa::ToSchema),
    schema(value_type = String, format = Date, example = "2024-03-15")
)]
#[serde(try_from = "String", into = "String")]
pub struct Day(i32);

impl Day {
    /// The first that four digits of a year can name.
    pub const FIRST: Self = Self(-719_162);
    /// The last.
    pub const LAST: Self = Self(2_932_896);

    /// The day so many days after 1970-01-01, if it is one of these.
    pub fn of(days: i64) -> Option<Self> {
        let day = Self(i32::try_from(days).ok()?);
        (Self::FIRST..=Self::LAST).contains(&day).then_some(day)
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i32 {
        self.0
    }
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).ok_or("a date is written YYYY-MM-DD, such as 2024-03-15")
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl fmt::Display for Day {
    /// After H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0 + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
        let year_of_era = (day_of_era - leap_days) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i32::from(month <= 2);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

fn read(text: &str) -> Option<Day> {
    let fits = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 10 || !text.bytes().enumerate().all(fits) {
        return None;
    }
    let number = |part: &str| part.parse::<u32>().ok();
    days_of(
        number(&text[..4])?,
        number(&text[5..7])?,
        number(&text[8..])?,
    )
    .map(Day)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, after H. Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms", `days_from_civil`; `None` if there is no such day.
pub(super) fn days_of(year: u32, month: u32, day: u32) -> Option<i32> {
    if year == 0 || !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) {
        return None;
    }
    let shifted = i64::from(year) - i64::from(month <= 2);
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).ok()
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use super::Day;

    #[test]
    fn a_day_reads_as_it_is_written() {
        for (days, text) in [
            (-719_162, "0001-01-01"),
            (-25_509, "1900-02-28"),
            (-1, "1969-12-31"),
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (19_797, "2024-03-15"),
            (2_932_896, "9999-12-31"),
        ] {
            let day = Day::of(days).unwrap();
            assert_eq!(day.to_string(), text);
            assert_eq!(text.parse::<Day>(), Ok(day));
        }
        let all = -719_162..=2_932_896;
        assert!(all.step_by(97).all(|days| {
            let day = Day::of(days).unwrap();
            day.to_string().parse::<Day>() == Ok(day)
        }));
        assert_eq!((Day::of(-719_163), Day::of(2_932_897)), (None, None));
    }

    #[test]
    fn what_is_no_such_day_is_refused() {
        for text in [
            "",
            "2023-02-29",
            "2024-13-01",
            "2024-3-15",
            "2024/03/15",
            "15.03.2024",
            "0000-01-01",
            "2024-03-15 ",
            "２024-3-1",
            "+024-03-15",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
            let json = format!("\"{text}\"");
            assert!(serde_json::from_str::<Day>(&json).is_err(), "{text}");
        }
        let day: Day = serde_json::from_str("\"2024-03-15\"").unwrap();
        assert_eq!(serde_json::to_string(&day).unwrap(), "\"2024-03-15\"");
    }
}
