//! What holds for any runs: nobody's numbers depend on who else is shown, and curves are what looking at every patient gives.

use proptest::prelude::*;
use workbench::compare::{Measure, Mode, Point, Population, Side, TestKind, Time};

use super::made::{Person, compared, info, request, side};

/// Days of a run of a year and a half.
const DAYS: i32 = 547;

prop_compose! {
    fn person()(
        came in 0..400_i32,
        baseline in 20.0..90.0_f32,
        visits in prop::collection::vec((1..80_u16, prop_oneof![0.0..100.0_f32, (0..100_u8).prop_map(f32::from)], any::<bool>()), 1..9),
        stops in prop::option::of(0..3_i8),
    ) -> Person {
        let mut day = 0;
        let mut rows = Vec::new();
        for (at, (gap, letters, injected)) in visits.into_iter().enumerate() {
            day += if at == 0 { 0 } else { gap };
            if came + i32::from(day) <= DAYS {
                rows.push((day, letters, injected));
            }
        }
        let last = rows.last().map_or(0, |row| row.0);
        Person { came, baseline, visits: rows, stopped: stops.map(|reason| (last, reason)) }
    }
}

fn run() -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec(person(), 3..12)
}

fn sides(runs: &[Vec<Person>]) -> Vec<Side> {
    let named = runs.iter().enumerate();
    named
        .map(|(at, people)| side(info(&at.to_string(), 1.5), people))
        .collect()
}

fn populations() -> impl Strategy<Value = Population> {
    prop_oneof![Just(Population::All), Just(Population::StillTreated)]
}

fn times() -> impl Strategy<Value = Time> {
    prop_oneof![
        Just(Time::Absolute),
        Just(Time::Relative),
        Just(Time::Normalised)
    ]
}

fn measures() -> impl Strategy<Value = Measure> {
    prop_oneof![
        Just(Measure::Vision),
        Just(Measure::Injections),
        Just(Measure::StillTreated)
    ]
}

/// Looks at every patient at every month, as the rule is worded.
fn naive(people: &[Person], measure: Measure, population: Population) -> Vec<(f64, Vec<f64>)> {
    let month = |month: u16| {
        (
            f64::from(month),
            ((f64::from(month) * 30.44) as i32).min(DAYS),
        )
    };
    let value = |person: &Person, day: i32| {
        let is_stopped = person
            .stopped
            .is_some_and(|(stop, _)| i32::from(stop) <= day);
        if DAYS - person.came < day {
            return None;
        }
        let seen = person
            .visits
            .iter()
            .filter(|visit| i32::from(visit.0) <= day);
        let last = seen.clone().next_back()?;
        match (measure, population) {
            (Measure::StillTreated, _) => Some(f64::from(u8::from(!is_stopped))),
            (_, Population::StillTreated) if is_stopped => None,
            (Measure::Vision, _) => Some(f64::from(last.1)),
            (Measure::Injections, _) => Some(seen.filter(|visit| visit.2).count() as f64),
        }
    };
    let places = (0..=18).map(month);
    let places =
        places.map(|(x, day)| (x, people.iter().filter_map(|it| value(it, day)).collect()));
    places
        .filter(|(_, values): &(f64, Vec<f64>)| !values.is_empty())
        .collect()
}

fn assert_same(found: &[Point], expected: &[(f64, Vec<f64>)]) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), expected.len());
    for (point, (x, values)) in found.iter().zip(expected) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let sd = (squares / (n - 1.0).max(1.0)).sqrt();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        prop_assert_eq!((point.x, point.n), (*x, values.len() as u64));
        prop_assert!((point.mean - mean).abs() < 1e-9 && (point.sd - sd).abs() < 1e-6);
        prop_assert!((point.half - 1.96 * sd / n.sqrt()).abs() < 1e-6);
        prop_assert!((point.median - (low + high) / 2.0).abs() < 1e-12);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_runs_numbers_never_depend_on_what_else_is_shown(
        runs in prop::collection::vec(run(), 3..6),
        time in times(), measure in measures(), population in populations(),
    ) {
        let all = sides(&runs);
        for mode in [Mode::Difference, Mode::Statistical] {
            let ask = |sides: &[Side]| {
                let mut asked = request(sides, mode);
                (asked.time, asked.population) = (time, population);
                asked.measures = vec![measure];
                asked.reference = Some("0".into());
                compared(&asked, sides)
            };
            let together = ask(&all);
            for other in 1..all.len() {
                // The order is another one too.
                let two = ask(&[all[other].clone(), all[0].clone()]);
                prop_assert_eq!(two.reference, 1);
                for (few, many) in two.metrics.iter().zip(&together.metrics) {
                    prop_assert_eq!(few.values[0], many.values[other]);
                    prop_assert_eq!(few.values[1], many.values[0]);
                    prop_assert_eq!(few.differences[0], many.differences[other]);
                }
                for (few, many) in two.curves.iter().zip(&together.curves) {
                    prop_assert_eq!(&few.lines[0], &many.lines[other]);
                    prop_assert_eq!(&few.gaps[0], &many.gaps[other]);
                }
                let of_other = together.pairs.iter().filter(|pair| pair.run as usize == other);
                for (few, many) in two.pairs.iter().zip(of_other) {
                    prop_assert_eq!((few.outcome, few.n), (many.outcome, many.n));
                    prop_assert_eq!((few.difference, few.interval), (many.difference, many.interval));
                    for (few, many) in few.tests.iter().zip(&many.tests) {
                        prop_assert_eq!((few.statistic, few.p), (many.statistic, many.p));
                        // Only the correction knows how many are shown.
                        prop_assert!(few.p_holm <= many.p_holm);
                    }
                }
            }
        }
    }

    #[test]
    fn curves_are_what_looking_at_every_patient_gives(
        people in run(), measure in measures(), population in populations(),
    ) {
        let sides = sides(&[people.clone(), people.clone()]);
        let mut asked = request(&sides, Mode::Overlay);
        asked.population = population;
        asked.measures = vec![measure];
        let found = compared(&asked, &sides);
        assert_same(&found.curves[0].lines[0], &naive(&people, measure, population))?;
    }

    #[test]
    fn a_run_against_itself_is_no_different(people in run(), population in populations()) {
        let sides = sides(&[people.clone(), people]);
        let mut asked = request(&sides, Mode::Statistical);
        asked.population = population;
        let found = compared(&asked, &sides);
        prop_assert_eq!(found.pairs.len(), 3);
        for pair in &found.pairs {
            prop_assert_eq!(pair.difference, 0.0);
            for test in pair.tests.iter().filter(|test| test.statistic.is_some()) {
                prop_assert!(test.p.is_none_or(|p| p > 0.99));
                if test.kind != TestKind::MannWhitney {
                    prop_assert_eq!(test.statistic, Some(0.0));
                }
            }
        }
    }
}
