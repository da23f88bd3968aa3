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

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, ago};

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
}
