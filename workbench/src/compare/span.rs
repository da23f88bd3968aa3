//! When a run is, and the places in time at which it is looked at.

use super::question::Time;
use crate::{
    data::day_of,
    simulation::{
        RunInfo,
        model::{DAYS_A_MONTH, DAYS_A_YEAR},
    },
};

/// Steps of the normalised time: 2 percent each.
const STEPS: u32 = 50;

/// When a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// The first day, counted from 1970-01-01.
    pub first_day: i32,
    /// The last.
    pub last_day: i32,
    /// Days for which a patient is looked at, at most.
    pub days: u32,
    /// The same in whole months.
    pub months: u32,
    /// Whether a month was asked for until which it is looked at, and it goes on so long.
    pub is_cut: bool,
}

impl Span {
    /// Of a run that is looked at until a month since enrolment; `None` where its first day cannot be read.
    pub(super) fn of(run: &RunInfo, until_month: Option<u32>) -> Option<Self> {
        let first_day = day_of(&run.start_date)?;
        let whole = (run.duration_years * DAYS_A_YEAR) as u32;
        // A year of twelve months of 30.44 days is a little longer than one of 365.25 days.
        let months = (run.duration_years * 12.0 + 1e-9) as u32;
        let cut = until_month.filter(|until| *until <= months);
        Some(Self {
            first_day,
            last_day: first_day.saturating_add_unsigned(whole),
            days: cut.map_or(whole, |month| day_of_month(month, whole)),
            months: cut.unwrap_or(months),
            is_cut: cut.is_some(),
        })
    }

    /// Days for which a patient who came on a day is looked at.
    pub(super) fn followed(&self, enrolled: i32) -> u32 {
        let until_the_end =
            u32::try_from(self.last_day.saturating_sub(enrolled)).unwrap_or_default();
        until_the_end.min(self.days)
    }
}

fn day_of_month(month: u32, most: u32) -> u32 {
    ((f64::from(month) * DAYS_A_MONTH) as u32).min(most)
}

/// Places in time, rising.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// As [`super::Point::x`].
    pub x: Vec<f64>,
    days: Vec<i32>,
    is_calendar: bool,
}

impl Grid {
    pub(super) fn of(run: &RunInfo, span: &Span, time: Time) -> Self {
        let places: Vec<(f64, i32)> = match time {
            Time::Relative => (0..=span.months)
                .map(|month| (f64::from(month), day_of_month(month, span.days)))
                .map(|(x, day)| (x, day.cast_signed()))
                .collect(),
            Time::Normalised => (0..=STEPS)
                .map(|step| {
                    let day = u64::from(span.days) * u64::from(step) / u64::from(STEPS);
                    let percent = f64::from(step * 100 / STEPS);
                    (percent, i32::try_from(day).unwrap_or(i32::MAX))
                })
                .collect(),
            Time::Absolute => months(&run.start_date)
                .skip_while(|(_, day)| *day < span.first_day)
                .take_while(|(_, day)| *day <= span.last_day)
                .collect(),
        };
        let (x, days) = places.into_iter().unzip();
        Self {
            x,
            days,
            is_calendar: time == Time::Absolute,
        }
    }

    /// Days since enrolment at each place, of a patient who came on a day; less than 0 before that.
    pub(super) fn days(&self, enrolled: i32) -> impl Iterator<Item = i32> + '_ {
        let before = if self.is_calendar { enrolled } else { 0 };
        self.days.iter().map(move |day| day - before)
    }
}

/// The first days of months from a date's month on: months since January of the year 0, and the day.
fn months(date: &str) -> impl Iterator<Item = (f64, i32)> {
    let mut parts = date.split('-').map(str::parse::<u32>);
    let mut next = || parts.next().and_then(Result::ok).unwrap_or(1);
    let first = next() * 12 + next().saturating_sub(1);
    (first..).map_while(|month| {
        let day = day_of(&format!("{:04}-{:02}-01", month / 12, month % 12 + 1))?;
        Some((f64::from(month), day))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_months_of_a_calendar_begin_on_their_first_days() {
        let found: Vec<_> = months("2026-11-15").take(3).collect();
        let day = |text| day_of(text).unwrap_or_default();
        let expected = [
            (24322.0, day("2026-11-01")),
            (24323.0, day("2026-12-01")),
            (24324.0, day("2027-01-01")),
        ];
        assert_eq!(found, expected);
    }
}
