//! Patients as they are: some of them, drawn by a seed.

use workbench::analysis::{Sight, Trajectories, Trajectory};

use super::parts::{letters, months, panel, point, series};
use crate::components::{
    figure::{Axis, Colour, Figure, Point, Series, Shape},
    format,
};

/// Patients drawn behind the medians of baseline against last vision.
pub(crate) const DRAWN: usize = 300;
const DAYS_A_MONTH: f64 = 365.25 / 12.0;
/// Half a bin of baselines.
const MIDDLE: f64 = 2.5;
/// The fewest letters that anybody reads, and the most.
const LETTERS: (f64, f64) = (0.0, 100.0);

/// Last vision against baseline: of all patients by five letters of baseline, and some as they are.
pub(crate) fn last_by_baseline(sight: &Sight, patients: u64) -> Figure {
    let lasts = sight.bins.iter().flat_map(|bin| bin.last);
    let ends = ends(lasts.chain(sight.drawn.iter().copied().flatten()));
    let medians = sight.bins.iter().map(|bin| Point {
        x: f64::from(bin.from) + MIDDLE,
        y: Some(bin.last[1]),
        low: Some(bin.last[0]),
        high: Some(bin.last[2]),
        n: Some(bin.n),
    });
    let drawn = sight
        .drawn
        .iter()
        .map(|[baseline, last]| point(*baseline, *last));
    let same = vec![point(ends.0, ends.0), point(ends.1, ends.1)];
    Figure {
        name: "Baseline and last vision".into(),
        summary: format!(
            "All n = {} patients by five letters of baseline: median of the last vision, from the 10th to the 90th \
             percentile. Behind them {} patients drawn by a seed.",
            format::count(patients),
            format::count(sight.drawn.len() as u64),
        ),
        x: scale("baseline", ends),
        y: scale("last vision", ends),
        panels: panel(vec![
            Series {
                is_faint: true,
                ..series(
                    "patients drawn",
                    Shape::Points,
                    Colour::Slate,
                    drawn.collect(),
                )
            },
            Series {
                is_dashed: true,
                ..series("no change", Shape::Line, Colour::Slate, same)
            },
            series(
                "median of all",
                Shape::Points,
                Colour::Category(0),
                medians.collect(),
            ),
        ]),
        flow: None,
    }
}

/// Some patients, visit by visit; one of them is marked.
pub(crate) fn trajectories(drawn: &Trajectories) -> Figure {
    let month = |day: u32| (f64::from(day) / DAYS_A_MONTH * 100.0).round() / 100.0;
    let line = |patient: &Trajectory| {
        let visits = patient.visits.iter();
        visits
            .map(|visit| point(month(visit.day), short(visit.vision)))
            .collect::<Vec<Point>>()
    };
    let visits = drawn.patients.iter().flat_map(|patient| &patient.visits);
    let ends = ends(visits.map(|visit| visit.vision));
    let name = |patient: &Trajectory| format!("patient {}", patient.patient);
    let mut all: Vec<Series> = drawn
        .patients
        .iter()
        .map(|patient| Series {
            is_faint: true,
            ..series(&name(patient), Shape::Line, Colour::Slate, line(patient))
        })
        .collect();
    let marked = drawn.patients.get(drawn.patients.len() / 2);
    if let Some(patient) = marked {
        let place = drawn.patients.len() / 2;
        all[place] = series(
            &name(patient),
            Shape::Line,
            Colour::Category(0),
            line(patient),
        );
    }
    let stopped = drawn
        .patients
        .iter()
        .filter(|patient| patient.stopped.is_some())
        .count();
    let of_marked = marked.map(|patient| {
        let injections = patient
            .visits
            .iter()
            .filter(|visit| visit.is_injected)
            .count();
        format!(
            " Marked is {}, with {} and {}.",
            name(patient),
            format::plural(patient.visits.len() as u64, "visit", "visits"),
            format::plural(injections as u64, "injection", "injections"),
        )
    });
    Figure {
        name: "Trajectories".into(),
        summary: format!(
            "{} of {} patients, drawn by seed {} and not chosen; {} of them stopped.{}",
            format::count(drawn.patients.len() as u64),
            format::count(drawn.of),
            drawn.seed,
            format::count(stopped as u64),
            of_marked.unwrap_or_default(),
        ),
        x: months(),
        y: scale("vision", ends),
        panels: panel(all),
        flow: None,
    }
}

/// The least and the greatest of what is drawn, where a trial's measure leaves the letters; else the letters.
fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let none = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values.fold(none, |(low, high), value| (low.min(value), high.max(value)));
    match low < LETTERS.0 || high > LETTERS.1 {
        true => (low, high),
        false => LETTERS,
    }
}

/// All letters; where these are other ends, as far as what is drawn.
fn scale(name: &str, ends: (f64, f64)) -> Axis {
    let is_letters = ends == LETTERS;
    Axis {
        from: is_letters.then_some(LETTERS.0),
        to: is_letters.then_some(LETTERS.1),
        ..letters(name)
    }
}

/// Tables hold letters with seven digits: what is behind them is not the patient's.
fn short(letters: f64) -> f64 {
    (letters * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use workbench::analysis::VisitAt;

    use super::*;

    fn reach(visions: &[f64]) -> (Option<f64>, Option<f64>) {
        let visit = |vision: &f64| VisitAt {
            day: 0,
            vision: *vision,
            is_injected: false,
        };
        let patient = Trajectory {
            patient: 1,
            baseline: 50.0,
            visits: visions.iter().map(visit).collect(),
            stopped: None,
        };
        let drawn = Trajectories {
            patients: vec![patient],
            of: 1,
            seed: 1,
        };
        let axis = trajectories(&drawn).y;
        (axis.from, axis.to)
    }

    #[test]
    fn an_axis_of_letters_is_whole_and_fits_a_measure_that_leaves_them() {
        let within: [&[f64]; 3] = [&[], &[40.0, 60.0], &[0.0, 100.0]];
        for visions in within {
            assert_eq!(reach(visions), (Some(0.0), Some(100.0)));
        }
        for measure in [[40.0, 250.0], [-3.0, 60.0]] {
            assert_eq!(reach(&measure), (None, None));
        }
    }
}
