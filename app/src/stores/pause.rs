//! How long to wait before the server is asked again: longer each time, and not all tabs at once.
//!
//! No wait is shorter than a second. Bounds are whole numbers a second, so that a server that let something wait because there was
//! too much of it (429) lets it pass after one at most, and never says a later `retry_after`.

use std::time::Duration;

/// The first wait.
const FIRST: Duration = Duration::from_secs(2);
/// The longest: what a person still waits for who sees that the server is back.
const LONGEST: Duration = Duration::from_secs(30);

/// The wait after so many tries in a row that failed. `luck` in [0, 1) spreads what would come back at the same moment.
pub(super) fn pause(failures: u32, luck: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    let longest = FIRST.saturating_mul(doubled).min(LONGEST);
    longest.mul_f64(luck.mul_add(0.5, 0.5))
}

#[cfg(test)]
mod tests {
    use super::{Duration, LONGEST, pause};

    #[test]
    fn each_failure_doubles_the_wait_up_to_a_bound() {
        let seconds = [1, 2, 3, 4, 5, u32::MAX].map(|failures| pause(failures, 1.0).as_secs());
        assert_eq!(seconds, [2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn no_try_comes_before_a_server_that_had_too_much_lets_it_pass() {
        assert_eq!(pause(1, 0.0), Duration::from_secs(1));
    }

    #[test]
    fn luck_takes_away_up_to_half() {
        assert_eq!(pause(9, 0.0), LONGEST / 2);
    }
}
