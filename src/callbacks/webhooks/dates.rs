//! Dates in the two forms that HTTP and JSON use: RFC 3339 out, the date of RFC 9110 in.

use crate::{
    Timestamp,
    day::{DAY, civil},
};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `2026-11-21T09:31:07.250Z`.
pub(super) fn rfc3339(time: Timestamp) -> String {
    let (year, month, day) = civil(time);
    let millis = time.0.rem_euclid(DAY);
    let (hour, minute) = (millis / 3_600_000, millis / 60_000 % 60);
    let (second, millis) = (millis / 1000 % 60, millis % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that RFC 9110, section 5.6.7, lets anybody send.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let (_, date) = text.split_once(", ")?;
    let mut parts = date.split(' ');
    let mut next = || parts.next();
    let day: i64 = next()?.parse().ok()?;
    let name = next()?;
    let month = (1..).zip(MONTHS).find(|(_, month)| *month == name)?.0;
    let year: i64 = next()?.parse().ok()?;
    let mut clock = next()?.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let is_date = (1..=31).contains(&day) && (1970..=9999).contains(&year);
    let is_time =
        (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    if !is_date || !is_time || next() != Some("GMT") {
        return None;
    }
    let seconds = (hour * 60 + minute) * 60 + second;
    Some(Timestamp(days(year, month, day) * DAY + seconds * 1000))
}

/// The day since 1970-01-01. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_and_read_as_the_standards_print_them() {
        let printed = [
            (0, "1970-01-01T00:00:00.000Z"),
            (784_111_777_000, "1994-11-06T08:49:37.000Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ];
        for (millis, text) in printed {
            assert_eq!(rfc3339(Timestamp(millis)), text);
        }
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(http_date(date), Some(Timestamp(784_111_777_000)));
        for wrong in [
            "",
            "120",
            "Sun, 06 Nov 1994",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37",
        ] {
            assert_eq!(http_date(wrong), None, "{wrong}");
        }
        for day in (0..100_000).step_by(37) {
            let (year, month, of_month) = civil(Timestamp(day * DAY));
            assert_eq!(days(year, month, of_month), day);
        }
    }
}
