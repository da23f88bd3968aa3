//! Reactive treatment: an injection at each visit but where the visit before found the disease stable. No loading.

use crate::simulation::protocol::{DiseaseState, Reactive};

/// Step 2 of a visit: whether it injects, by the state that the visit **before** recorded. The first visit does.
pub(super) fn injects(recorded_before: Option<DiseaseState>) -> bool {
    recorded_before != Some(DiseaseState::Stable)
}

/// Step 5: days to the next visit. `since_injection` is how long ago the last injection was, 0 for today's.
pub(super) fn next_interval(rule: &Reactive, since_injection: u32) -> u16 {
    if since_injection == 0 {
        return rule.injected_interval_days;
    }
    let since = u16::try_from(since_injection).unwrap_or(u16::MAX);
    let since = since.clamp(rule.min_interval_days, rule.max_interval_days);
    let wanted = since.saturating_add(rule.extension_days);
    wanted.min(rule.max_interval_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Reactive = Reactive {
        injected_interval_days: 28,
        min_interval_days: 28,
        max_interval_days: 112,
        extension_days: 14,
    };

    #[test]
    fn only_a_stable_visit_before_spares_the_injection() {
        assert!(injects(None));
        assert!(injects(Some(DiseaseState::Active)));
        assert!(injects(Some(DiseaseState::HighlyActive)));
        assert!(!injects(Some(DiseaseState::Stable)));
    }

    #[test]
    fn after_an_injection_the_next_visit_is_in_four_weeks() {
        assert_eq!(next_interval(&RULE, 0), 28);
    }

    #[test]
    fn without_one_the_days_since_the_last_are_bounded_and_extended_and_bounded_again() {
        // (days since the injection, days to the next visit)
        let cases = [
            (14, 42),
            (28, 42),
            (70, 84),
            (98, 112),
            (99, 112),
            (154, 112),
            (70_000, 112),
        ];
        for (since, next) in cases {
            assert_eq!(next_interval(&RULE, since), next, "{since} days");
        }
    }

    #[test]
    fn an_eye_that_stays_stable_is_seen_after_42_84_and_then_always_112_days() {
        let mut since = 28;
        let mut intervals = Vec::new();
        for _ in 0..4 {
            let next = next_interval(&RULE, since);
            intervals.push(next);
            since += u32::from(next);
        }
        assert_eq!(intervals, [42, 84, 112, 112]);
    }
}
