//! Differences to the reference with their intervals, as a forest plot for each unit.

use workbench::compare::{Comparison, Outcome, Pair, Request};

use super::figures::colour;
use crate::components::figure::{Axis, Figure, Panel, Point, Series, Shape};

/// Differences to the reference: in vision, or what trials measured; or else in injections.
pub(super) fn forest(found: &Comparison, request: &Request, is_vision: bool) -> Figure {
    let (mut categories, mut series) = (Vec::new(), Vec::<Series>::new());
    // Of nobody there is no difference.
    let is_shown =
        |pair: &&Pair| (pair.outcome != Outcome::Injections) == is_vision && !pair.n.contains(&0);
    for pair in found.pairs.iter().filter(is_shown) {
        let Some(run) = found.runs.get(pair.run as usize) else {
            continue;
        };
        let point = Point {
            x: pair.difference,
            y: Some(categories.len() as f64),
            low: Some(pair.interval[0]),
            high: Some(pair.interval[1]),
            n: Some(pair.n[0]),
        };
        let (name, _) = found.outcome(pair.outcome);
        categories.push([&*name, ", ", &run.name].concat());
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
    let (_, unit) = found.outcome(match is_vision {
        true => Outcome::Vision,
        false => Outcome::Injections,
    });
    let what = match (&found.measured, is_vision) {
        (Some(measured), true) => measured.as_str(),
        _ => unit,
    };
    let apart = found.pairs.iter().filter(is_shown);
    let apart = apart.filter(|pair| pair.interval[0] > 0.0 || pair.interval[1] < 0.0);
    Figure {
        name: format!("Differences to {reference} in {what}"),
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
