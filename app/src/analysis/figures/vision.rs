//! Vision month by month, and how it changed.

use workbench::analysis::{CHANGES, Sight, Vision};

use super::parts::{
    ALL, STILL, axis, categories, letters, mean, months, panel, percent, said, series,
};
use crate::components::{
    figure::{Colour, Figure, Point, Series, Shape},
    format,
};

/// Both lines, always: who stopped is in one of them with the last value.
pub(crate) fn mean_vision(vision: &Vision) -> Figure {
    let points = |still: bool| {
        let months = vision.months.iter();
        let point = months.map(|at| {
            mean(
                f64::from(at.month),
                if still { at.still_treated } else { at.all },
            )
        });
        point.collect::<Vec<Point>>()
    };
    let line = |name, colour, still| Series {
        is_labelled: true,
        ..series(name, Shape::Line, colour, points(still))
    };
    let (first, last) = (vision.months.first(), vision.months.last());
    let summary = first.zip(last).map(|(first, last)| {
        format!(
            "All n = {} patients, who stopped with the last value: {} letters at the start, {} after {}. Still treated then, \
             n = {}: {}. Bands are 95 % CI.",
            format::count(first.all.n),
            said(first.all),
            said(last.all),
            format::plural(last.month.into(), "month", "months"),
            format::count(last.still_treated.n),
            said(last.still_treated),
        )
    });
    Figure {
        name: "Mean vision".into(),
        summary: summary.unwrap_or_default(),
        x: months(),
        y: letters("vision"),
        panels: panel(vec![
            line(ALL, Colour::Category(0), false),
            line(STILL, Colour::Category(1), true),
        ]),
        flow: None,
    }
}

/// Shares of both populations by how much vision changed.
pub(crate) fn changes(sight: &Sight) -> Figure {
    let edge = |at: usize| format::number(CHANGES[at], 0);
    let last = CHANGES.len() - 1;
    let names = (0..=CHANGES.len()).map(|bin| match bin {
        0 => format!("< {}", edge(0)),
        bin if bin > last => format!("≥ {}", edge(last)),
        bin => format!("{} to {}", edge(bin - 1), edge(bin)),
    });
    let bars = |name, colour, counts: &[u64; 14]| {
        let all = counts.iter().sum();
        let points = counts.iter().enumerate().map(|(bin, count)| Point {
            x: bin as f64,
            y: Some(percent(*count, all)),
            n: Some(*count),
            ..Point::default()
        });
        series(name, Shape::Bar, colour, points.collect())
    };
    Figure {
        name: "Change of vision".into(),
        summary: format!(
            "From baseline to the last visit. All n = {} patients: {} letters; still treated, n = {}: {}. A change from −5 \
             letters on counts as maintained.",
            format::count(sight.change.n),
            said(sight.change),
            format::count(sight.change_still_treated.n),
            said(sight.change_still_treated),
        ),
        x: categories("change, letters", names),
        y: axis("patients", "%"),
        panels: panel(vec![
            bars(ALL, Colour::Category(0), &sight.changes),
            bars(STILL, Colour::Category(1), &sight.changes_still_treated),
        ]),
        flow: None,
    }
}
