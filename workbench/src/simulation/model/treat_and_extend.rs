//! Treat and extend: an injection at every visit; what is seen decides only when the next one is.

use crate::simulation::protocol::{DiseaseState, TreatAndExtend};

/// Days to the next visit. `visit` counts from 1; `before` is the interval that led to this one, if one did.
///
/// Each of the loading doses is followed by the loading interval. From then on the interval that led here is made
/// longer where the disease is stable, and shorter where it is not, within the bounds.
pub(super) fn next_interval(
    rule: &TreatAndExtend,
    visit: u32,
    before: Option<u16>,
    state: DiseaseState,
) -> u16 {
    if visit <= rule.loading.doses {
        return rule.loading.every_days;
    }
    let before = before.unwrap_or(rule.min_interval_days);
    let wanted = match state {
        DiseaseState::Stable => before.saturating_add(rule.extension_days),
        DiseaseState::Naive | DiseaseState::Active | DiseaseState::HighlyActive => {
            before.saturating_sub(rule.shortening_days)
        }
    };
    wanted.clamp(rule.min_interval_days, rule.max_interval_days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::protocol::Loading;

    const RULE: TreatAndExtend = TreatAndExtend {
        min_interval_days: 28,
        max_interval_days: 112,
        extension_days: 14,
        shortening_days: 14,
        loading: Loading {
            doses: 3,
            every_days: 28,
        },
    };

    #[test]
    fn each_loading_dose_is_followed_by_the_loading_interval_whatever_is_seen() {
        for (visit, before) in [(1, None), (2, Some(28)), (3, Some(28))] {
            for state in DiseaseState::ALL {
                assert_eq!(next_interval(&RULE, visit, before, state), 28);
            }
        }
    }

    #[test]
    fn the_interval_grows_while_stable_and_shrinks_otherwise_within_its_bounds() {
        let next = |before, state| next_interval(&RULE, 4, Some(before), state);
        assert_eq!(next(28, DiseaseState::Stable), 42);
        assert_eq!(next(105, DiseaseState::Stable), 112);
        assert_eq!(next(112, DiseaseState::Stable), 112);
        assert_eq!(next(56, DiseaseState::Active), 42);
        assert_eq!(next(56, DiseaseState::HighlyActive), 42);
        assert_eq!(next(35, DiseaseState::Active), 28);
    }

    #[test]
    fn after_loading_that_is_quicker_than_the_least_interval_the_least_holds() {
        let rule = TreatAndExtend {
            min_interval_days: 56,
            ..RULE
        };
        assert_eq!(next_interval(&rule, 4, Some(28), DiseaseState::Stable), 56);
        assert_eq!(next_interval(&rule, 5, Some(56), DiseaseState::Stable), 70);
    }

    #[test]
    fn without_loading_the_first_interval_starts_from_the_least() {
        let rule = TreatAndExtend {
            loading: Loading {
                doses: 0,
                every_days: 28,
            },
            ..RULE
        };
        assert_eq!(next_interval(&rule, 1, None, DiseaseState::Stable), 42);
        assert_eq!(next_interval(&rule, 1, None, DiseaseState::Active), 28);
    }
}
