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

/// Last vision against baseline: of all patients by five letters of baseline, and some as they are.
pub(crate) fn last_by_baseline(sight: &Sight, patients: u64) -> Figure {
    let whole = |axis: Axis| Axis {
        from: Some(0.0),
        to: Some(100.0),
        ..axis
    };
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
    let same = vec![point(0.0, 0.0), point(100.0, 100.0)];
    Figure {
        name: "Baseline and last vision".into(),
        summary: format!(
            "All n = {} patients by five letters of baseline: median of the last vision, from the 10th to the 90th \
             percentile. Behind them {} patients drawn by a seed.",
            format::count(patients),
            format::count(sight.drawn.len() as u64),
        ),
        x: whole(letters("baseline")),
        y: whole(letters("last vision")),
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
        y: Axis {
            from: Some(0.0),
            to: Some(100.0),
            ..letters("vision")
        },
        panels: panel(all),
        flow: None,
    }
}

/// Tables hold letters with seven digits: what is behind them is not the patient's.
fn short(letters: f64) -> f64 {
    (letters * 1e4).round() / 1e4
}
