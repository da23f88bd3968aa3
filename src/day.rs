//! The day on which a time lies. How dates are written is the business of who writes them.

use crate::Timestamp;

/// Milliseconds.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

/// Year, month and day of a time, by UTC. Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days`.
pub(crate) fn civil(time: Timestamp) -> (i64, i64, i64) {
    let day = time.0.div_euclid(DAY) + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}
