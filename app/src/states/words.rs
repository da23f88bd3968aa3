//! Times and statuses in words.

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long ago, in the largest unit: `now`, `14 min`, `3 h`, `2 d`.
pub(super) fn ago(now: i64, at: i64) -> String {
    let passed = (now - at).max(0);
    match passed {
        ..MINUTE => "now".to_owned(),
        MINUTE..HOUR => [&(passed / MINUTE).to_string(), " min"].concat(),
        HOUR..DAY => [&(passed / HOUR).to_string(), " h"].concat(),
        _ => [&(passed / DAY).to_string(), " d"].concat(),
    }
}

/// The colour of a status: good, waiting, bad, over.
pub(super) fn tone(status: &str) -> &'static str {
    match status {
        "active" | "enabled" | "completed" => "background:var(--hf-ok-text)",
        "pending" | "suspended" | "inactive" => "background:var(--hf-warn-text)",
        "failed" => "background:var(--hf-err-text)",
        _ => "background:var(--hf-faint)",
    }
}

/// The class of a status's chip.
pub(super) fn chip(status: &str) -> &'static str {
    match status {
        "active" | "enabled" | "completed" => "hf-chip hf-chip-ok h-5.5!",
        "pending" | "suspended" | "inactive" => "hf-chip hf-chip-warn h-5.5!",
        "failed" => "hf-chip hf-chip-err h-5.5!",
        _ => "hf-chip h-5.5!",
    }
}

/// A moment in UTC: `2026-11-21 09:31`.
pub(super) fn moment(at: i64) -> String {
    let days = at.div_euclid(DAY);
    let minutes = at.rem_euclid(DAY) / MINUTE;
    let (year, month, day) = date(days);
    format!(
        "{year}-{month:02}-{day:02} {:02}:{:02}",
        minutes / 60,
        minutes % 60
    )
}

/// The civil date of a day since 1970, after Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms": years begin in March, so that the leap day is the last of a year.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, ago, moment};

    #[test]
    fn the_largest_unit_tells_how_long_ago() {
        let cases = [
            (0, "now"),
            (59_999, "now"),
            (MINUTE, "1 min"),
            (3 * HOUR + 1, "3 h"),
            (9 * DAY, "9 d"),
        ];
        for (passed, text) in cases {
            assert_eq!(ago(1_000 * DAY, 1_000 * DAY - passed), text);
        }
        assert_eq!(ago(0, 5), "now");
    }

    #[test]
    fn moments_are_dates_and_times() {
        assert_eq!(moment(0), "1970-01-01 00:00");
        assert_eq!(moment(951_782_400_000), "2000-02-29 00:00");
        assert_eq!(moment(1_795_253_460_000), "2026-11-21 09:31");
        assert_eq!(moment(-1), "1969-12-31 23:59");
    }
}
