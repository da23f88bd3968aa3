//! Whole lives: every visit follows the rule.

use workbench::simulation::{model::Visit, protocol::DiseaseState};

use super::support::{MONTHLY, NHS, REACTIVE, STANDARD, lives, with, without_endings};

const FIVE_YEARS: u32 = 1826;

/// Visits two by two.
fn pairs(visits: &[Visit]) -> impl Iterator<Item = (Visit, Visit)> {
    visits.windows(2).map(|pair| (pair[0], pair[1]))
}

#[test]
fn every_visit_comes_when_the_one_before_said_within_the_time() {
    for text in [STANDARD, NHS, MONTHLY, REACTIVE] {
        for (life, visits) in lives(text, 500, FIVE_YEARS, 1) {
            assert_eq!(visits[0].day, 0);
            for (one, next) in pairs(&visits) {
                assert_eq!(next.day, one.day + u32::from(one.next_interval.unwrap()));
            }
            let last = visits.last().unwrap();
            assert!(last.day <= FIVE_YEARS);
            match life.ending {
                Some(ending) => assert_eq!(ending.day, last.day),
                None => assert!(last.day + u32::from(last.next_interval.unwrap()) > FIVE_YEARS),
            }
            assert!(visits.iter().all(|it| (0.0..=100.0).contains(&it.vision)));
            assert!(visits.iter().all(|it| it.state != DiseaseState::Naive));
            assert_eq!((life.vision, life.state), (last.vision, last.state));
            assert_eq!(life.visits as usize, visits.len());
            assert_eq!(
                life.injections as usize,
                visits.iter().filter(|it| it.is_injected).count()
            );
        }
    }
}

#[test]
fn treat_and_extend_injects_always_and_keeps_its_bounds_after_loading() {
    for (text, least) in [(STANDARD, 28), (NHS, 56)] {
        let (mut shortest, mut longest) = (u16::MAX, 0);
        for (_, visits) in lives(text, 2000, FIVE_YEARS, 2) {
            assert!(visits.iter().all(|it| it.is_injected));
            for (number, (before, visit)) in pairs(&visits).enumerate() {
                let (Some(came), Some(next)) = (before.next_interval, visit.next_interval) else {
                    continue;
                };
                // The second visit is number 0 of the pairs; three are loading doses.
                if number < 2 {
                    assert_eq!((came, next), (28, 28));
                    continue;
                }
                let wanted = if visit.state == DiseaseState::Stable {
                    came + 14
                } else {
                    came - 14
                };
                assert_eq!(next, wanted.clamp(least, 112));
                (shortest, longest) = (shortest.min(next), longest.max(next));
            }
        }
        assert_eq!((shortest, longest), (least, 112));
    }
}

#[test]
fn who_stops_under_treat_and_extend_has_no_next_visit() {
    let stopped = lives(STANDARD, 2000, FIVE_YEARS, 3);
    let mut stopped = stopped
        .iter()
        .filter(|(life, _)| life.ending.is_some())
        .peekable();
    assert!(stopped.peek().is_some());
    assert!(stopped.all(|(_, visits)| visits.last().unwrap().next_interval.is_none()));
}

#[test]
fn the_reactive_rule_holds_at_every_visit() {
    let mut spared = 0;
    for (life, visits) in lives(&without_endings(REACTIVE), 2000, FIVE_YEARS, 4) {
        assert!(visits[0].is_injected, "the first visit always injects");
        assert_eq!(life.baseline.fract(), 0.0);
        let mut last_injection = 0;
        for (before, visit) in pairs(&visits) {
            assert_eq!(visit.is_injected, before.state != DiseaseState::Stable);
            assert_eq!(visit.vision.fract(), 0.0, "whole letters");
            let next = visit.next_interval.unwrap();
            if visit.is_injected {
                last_injection = visit.day;
                assert_eq!(next, 28);
            } else {
                spared += 1;
                let since = (visit.day - last_injection).clamp(28, 112);
                assert_eq!(u32::from(next), (since + 14).min(112));
            }
        }
    }
    assert!(spared > 1000, "{spared}");
}

#[test]
fn who_stops_under_the_reactive_rule_was_given_a_next_visit_that_never_came() {
    let all = lives(REACTIVE, 2000, FIVE_YEARS, 5);
    let stopped: Vec<_> = all
        .iter()
        .filter(|(life, _)| life.ending.is_some())
        .collect();
    assert!(!stopped.is_empty());
    assert!(
        stopped
            .iter()
            .all(|(_, visits)| visits.last().unwrap().next_interval.is_some())
    );
}

#[test]
fn visits_are_as_many_as_the_mean_interval_asks_for() {
    let monthly = lives(&without_endings(MONTHLY), 50, 1826, 6);
    assert!(
        monthly.iter().all(|(life, _)| life.visits == 66),
        "day 0 to day 1820"
    );
    let text = with(
        &without_endings(MONTHLY),
        "min_interval_days: 28",
        "min_interval_days: 42",
    );
    let text = with(&text, "max_interval_days: 28", "max_interval_days: 42");
    let text = with(&text, "every_days: 28", "every_days: 42");
    let sixweekly = lives(&text, 50, 1826, 6);
    assert!(
        sixweekly.iter().all(|(life, _)| life.visits == 44),
        "8.7 a year"
    );
}
