//! What runs are called: `sim_<YYYYMMDD>_<HHMMSS>_<YY-FF>_<two-word name>`, the time by UTC, YY-FF years and hundredths.

use arrow::temporal_conversions::timestamp_ms_to_datetime;
use sha2::{Digest, Sha256};

const FIRST: [&str; 32] = [
    "amber", "bold", "brisk", "calm", "clear", "coral", "dapper", "early", "fair", "gentle",
    "golden", "grand", "happy", "ivory", "jolly", "keen", "light", "lively", "lucid", "mellow",
    "merry", "noble", "olive", "proud", "quick", "quiet", "rapid", "silver", "steady", "sunny",
    "vivid", "wise",
];
const SECOND: [&str; 32] = [
    "acorn", "beacon", "birch", "brook", "canyon", "cedar", "cliff", "comet", "delta", "falcon",
    "fjord", "forest", "garden", "harbor", "heron", "island", "lagoon", "lantern", "maple",
    "meadow", "mountain", "orchard", "otter", "pebble", "pine", "prairie", "river", "sparrow",
    "summit", "valley", "willow", "wren",
];

/// An id for a run that is ordered at `now_ms`, in milliseconds since 1970. The words follow from time, seed and
/// `attempt`, so that another attempt finds others.
pub(super) fn id(now_ms: i64, duration_years: f64, seed: u64, attempt: u32) -> String {
    let when = timestamp_ms_to_datetime(now_ms).unwrap_or_default();
    let when = when.format("%Y%m%d_%H%M%S");
    // A run has at most 20 years.
    let years = format!("{duration_years:05.2}").replace('.', "-");
    let mut hasher = Sha256::new();
    hasher.update(now_ms.to_le_bytes());
    hasher.update(seed.to_le_bytes());
    hasher.update(attempt.to_le_bytes());
    let hash = hasher.finalize();
    let word = |words: [&'static str; 32], at: usize| words[usize::from(hash[at]) % words.len()];
    format!("sim_{when}_{years}_{}-{}", word(FIRST, 0), word(SECOND, 1))
}

/// The two words of an id, for people who gave their run no name.
pub(super) fn words_of(id: &str) -> &str {
    id.rsplit('_').next().unwrap_or(id)
}

/// Whether a text can be an id: nothing else is ever looked for in the folder of runs.
pub(super) fn is_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.starts_with("sim_")
        && text.len() < 100
        && text
            .bytes()
            .all(|byte| is_plain(byte) || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-03-11 14:05:09 UTC.
    const NOW: i64 = 1_773_237_909_000;

    #[test]
    fn an_id_tells_when_for_how_long_and_two_words() {
        let id = id(NOW, 2.5, 42, 0);
        assert!(id.starts_with("sim_20260311_140509_02-50_"), "{id}");
        assert_eq!(words_of(&id).split('-').count(), 2);
        assert!(is_id(&id));
        assert!(super::id(NOW, 20.0, 42, 0).contains("_20-00_"));
    }

    #[test]
    fn another_attempt_has_other_words() {
        let ids: std::collections::BTreeSet<String> =
            (0..20).map(|attempt| id(NOW, 5.0, 1, attempt)).collect();
        assert!(ids.len() > 15, "{ids:?}");
    }

    #[test]
    fn what_leads_out_of_the_folder_is_no_id() {
        for text in [
            "", "sim_", "../sim_a", "sim_/..", "sim_a/b", "sim_a.b", "sim_A", "sim_\0", "run_a",
        ] {
            assert_eq!(is_id(text), text == "sim_", "{text:?}");
        }
    }
}
