//! What all figures are made of.

use workbench::simulation::outcomes::Measure;

use crate::components::{
    figure::{Axis, Colour, Panel, Point, Series, Shape},
    format,
};

/// Half of a 95 % confidence interval, in standard errors.
const Z: f64 = 1.96;

pub(super) const ALL: &str = "all patients";
pub(super) const STILL: &str = "still treated";

pub(super) fn axis(name: &str, unit: &str) -> Axis {
    Axis {
        name: name.to_owned(),
        unit: unit.to_owned(),
        ..Axis::default()
    }
}

pub(super) fn categories(name: &str, categories: impl IntoIterator<Item = String>) -> Axis {
    Axis {
        categories: categories.into_iter().collect(),
        ..axis(name, "")
    }
}

pub(super) fn months() -> Axis {
    axis("since enrolment", "months")
}

pub(super) fn letters(name: &str) -> Axis {
    axis(name, "letters")
}

pub(super) fn series(name: &str, shape: Shape, colour: Colour, points: Vec<Point>) -> Series {
    Series {
        name: name.to_owned(),
        shape,
        colour,
        is_dashed: false,
        is_faint: false,
        is_labelled: false,
        points,
    }
}

pub(super) fn panel(series: Vec<Series>) -> Vec<Panel> {
    vec![Panel {
        title: String::new(),
        series,
    }]
}

pub(super) fn point(x: f64, y: f64) -> Point {
    Point {
        x,
        y: Some(y),
        ..Point::default()
    }
}

/// A mean with its 95 % confidence interval, 1.96 standard errors to both sides; of nobody, a gap.
pub(super) fn mean(x: f64, measure: Measure) -> Point {
    let half = half(measure);
    Point {
        x,
        y: (measure.n > 0).then_some(measure.mean),
        low: half.map(|half| measure.mean - half),
        high: half.map(|half| measure.mean + half),
        n: Some(measure.n),
    }
}

fn half(measure: Measure) -> Option<f64> {
    (measure.n > 1).then(|| Z * measure.sd / (measure.n as f64).sqrt())
}

/// `65.8 ± 0.3`.
pub(super) fn said(measure: Measure) -> String {
    let mean = format::number(measure.mean, 1);
    match half(measure) {
        Some(half) => format!("{mean} ± {}", format::number(half, 2)),
        None => mean,
    }
}

/// `136 (27.2 %)`.
pub(super) fn of_all(count: u64, all: u64) -> String {
    let share = format::number(percent(count, all), 1);
    format!("{} ({share} %)", format::count(count))
}

pub(super) fn percent(count: u64, all: u64) -> f64 {
    100.0 * count as f64 / all.max(1) as f64
}
