//! Differences to the reference with their intervals, as a forest plot for each unit.

use workbench::compare::{Comparison, Outcome, Request};

use super::figures::colour;
use crate::components::figure::{Axis, Figure, Panel, Point, Series, Shape};

/// How an outcome is called.
pub(super) fn outcome(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Vision => ("Vision at the end", "letters"),
        Outcome::Change => ("Change of vision", "letters"),
        Outcome::Injections => ("Injections of a patient", "injections"),
    }
}

/// Differences to the reference, in letters or in injections.
pub(super) fn forest(found: &Comparison, request: &Request, is_letters: bool) -> Figure {
    let (mut categories, mut series) = (Vec::new(), Vec::<Series>::new());
    for pair in &found.pairs {
        let (name, unit) = outcome(pair.outcome);
        let Some(run) = found.runs.get(pair.run as usize) else {
            continue;
        };
        if (unit == "letters") != is_letters {
            continue;
        }
        let point = Point {
            x: pair.difference,
            y: Some(categories.len() as f64),
            low: Some(pair.interval[0]),
            high: Some(pair.interval[1]),
            n: Some(pair.n[0]),
        };
        categories.push([name, ", ", &run.name].concat());
        match series.iter_mut().find(|known| known.name == run.name) {
            Some(known) => known.points.push(point),
            None => series.push(Series {
                name: run.name.clone(),
                shape: Shape::Interval,
                colour: colour(request, run),
                is_dashed: false,
                is_faint: false,
                is_labelled: false,
                points: vec![point],
            }),
        }
    }
    let reference = found.runs.get(found.reference as usize);
    let reference = reference.map_or("", |run| run.name.as_str());
    let unit = if is_letters { "letters" } else { "injections" };
    let apart = found.pairs.iter().filter(|pair| {
        (outcome(pair.outcome).1 == "letters") == is_letters
            && (pair.interval[0] > 0.0 || pair.interval[1] < 0.0)
    });
    Figure {
        name: format!("Differences to {reference} in {unit}"),
        summary: format!(
            "{} of {} intervals of 95 % leave out 0.",
            apart.count(),
            categories.len()
        ),
        x: Axis {
            name: format!("less {reference}"),
            unit: unit.to_owned(),
            line: Some(0.0),
            ..Axis::default()
        },
        y: Axis {
            name: "outcome".to_owned(),
            categories,
            ..Axis::default()
        },
        panels: vec![Panel {
            title: String::new(),
            series,
        }],
        flow: None,
    }
}
