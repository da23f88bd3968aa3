//! A measure over time as a chart: lines, panels or differences. Colour and mark belong to the run in every one of them.

use workbench::compare::{
    Centre, Comparison, Curves, Gap, Measure, Mode, Outcome, Point as At, Request, Shown, Time,
};

use super::{
    answer::is_difference,
    place::{self, MEASURES},
    runs::place_of,
};
use crate::components::{
    figure::{Axis, Colour, Figure, Panel, Point, Series, Shape},
    format,
};

/// Colours and marks go by the place in the question; after six all are slate.
pub(super) fn colour(request: &Request, run: &Shown) -> Colour {
    match place_of(request, &run.id) {
        at @ 0..6 => Colour::Category(at as u8),
        _ => Colour::Slate,
    }
}

/// The measure over time, in the mode that is asked.
pub(super) fn over_time(found: &Comparison, request: &Request) -> Figure {
    let Some(curves) = found.curves.first() else {
        return Figure::default();
    };
    let is_difference = is_difference(found, request);
    let origin = origin(curves, request);
    let scale = if curves.measure == Measure::StillTreated {
        100.0
    } else {
        1.0
    };
    let series = |at: usize, is_faint: bool| {
        let run = &found.runs[at];
        let points = match curves.gaps.get(at) {
            Some(gaps) if is_difference => {
                gaps.iter().map(|gap| of_gap(gap, origin, scale)).collect()
            }
            _ => curves.lines[at]
                .iter()
                .map(|point| of_point(point, request.centre, origin, scale))
                .collect(),
        };
        Series {
            name: run.name.clone(),
            shape: Shape::Line,
            colour: colour(request, run),
            is_dashed: false,
            is_faint,
            is_labelled: !is_faint,
            points,
        }
    };
    let all = 0..found.runs.len().min(curves.lines.len());
    let reference = found.reference as usize;
    let panels = if request.mode == Mode::SideBySide {
        let one = |at: usize| Panel {
            title: found.runs[at].name.clone(),
            series: all
                .clone()
                .filter(|other| *other != at)
                .map(|other| series(other, true))
                .chain([series(at, false)])
                .collect(),
        };
        all.clone().map(one).collect()
    } else {
        let shown = all.filter(|at| !(is_difference && *at == reference));
        vec![Panel {
            title: String::new(),
            series: shown.map(|at| series(at, false)).collect(),
        }]
    };
    Figure {
        name: title(found, curves, request, is_difference),
        summary: summary(found, curves, request, is_difference),
        x: time_axis(curves, request, origin),
        y: Axis {
            name: measure_name(found, curves.measure).to_owned(),
            unit: unit(found, curves.measure).to_owned(),
            line: is_difference.then_some(0.0),
            ..Axis::default()
        },
        panels,
        flow: None,
    }
}

fn of_point(point: &At, centre: Centre, origin: f64, scale: f64) -> Point {
    let (middle, half) = match centre {
        Centre::Mean => (point.mean, Some(point.half)),
        Centre::Median => (point.median, None),
    };
    Point {
        x: point.x - origin,
        y: Some(middle * scale),
        low: half.map(|half| (middle - half) * scale),
        high: half.map(|half| (middle + half) * scale),
        n: Some(point.n),
    }
}

fn of_gap(gap: &Gap, origin: f64, scale: f64) -> Point {
    Point {
        x: gap.x - origin,
        y: Some(gap.difference * scale),
        low: Some(gap.low * scale),
        high: Some(gap.high * scale),
        n: None,
    }
}

/// Where the axis of the calendar begins; elsewhere times are numbers.
fn origin(curves: &Curves, request: &Request) -> f64 {
    if request.time != Time::Absolute {
        return 0.0;
    }
    let first = curves.lines.iter().flatten().map(|point| point.x);
    let first = first.fold(f64::INFINITY, f64::min);
    if first.is_finite() { first } else { 0.0 }
}

fn time_axis(curves: &Curves, request: &Request, origin: f64) -> Axis {
    let (name, unit) = match request.time {
        Time::Absolute => ("calendar", ""),
        Time::Relative => ("since enrolment", "months"),
        Time::Normalised => ("since enrolment, share of the run", "%"),
    };
    let categories = if request.time == Time::Absolute {
        let last = curves.lines.iter().flatten().map(|point| point.x);
        let last = last.fold(origin, f64::max) as u32;
        (origin as u32..=last).map(month).collect()
    } else {
        Vec::new()
    };
    Axis {
        name: name.to_owned(),
        unit: unit.to_owned(),
        categories,
        ..Axis::default()
    }
}

/// `2026-03`, out of months since January of the year 0.
fn month(month: u32) -> String {
    let (year, month) = (month / 12, month % 12 + 1);
    let zero = if month < 10 { "0" } else { "" };
    [&year.to_string(), "-", zero, &month.to_string()].concat()
}

/// Where trials are shown, what they measured stands where simulated runs have vision.
fn measure_name(found: &Comparison, measure: Measure) -> &str {
    if let (Measure::Vision, Some(measured)) = (measure, &found.measured) {
        return measured;
    }
    let known = MEASURES.iter().find(|(known, _, _)| *known == measure);
    known.map_or("", |(_, _, name)| *name)
}

fn unit(found: &Comparison, measure: Measure) -> &'static str {
    match measure {
        Measure::Vision => found.outcome(Outcome::Vision).1,
        Measure::Injections => "",
        Measure::StillTreated => "%",
    }
}

fn title(found: &Comparison, curves: &Curves, request: &Request, is_difference: bool) -> String {
    let name = match (curves.measure, &found.measured) {
        (Measure::Vision, Some(measured)) => measured.clone(),
        _ => measure_name(found, curves.measure).to_lowercase(),
    };
    let centre = match request.centre {
        _ if is_difference || curves.measure == Measure::StillTreated => "",
        Centre::Mean => "Mean ",
        Centre::Median => "Median ",
    };
    match (is_difference, found.runs.get(found.reference as usize)) {
        (true, Some(reference)) => format!("Difference in mean {name} to {}", reference.name),
        _ if centre.is_empty() => measure_name(found, place::measure(request)).to_owned(),
        _ => [centre, &name].concat(),
    }
}

/// Where each line ends, for who cannot see it.
fn summary(found: &Comparison, curves: &Curves, request: &Request, is_difference: bool) -> String {
    let scale = if curves.measure == Measure::StillTreated {
        100.0
    } else {
        1.0
    };
    let ends = found.runs.iter().enumerate().filter_map(|(at, run)| {
        let value = match is_difference {
            true => curves.gaps.get(at)?.last()?.difference,
            false => {
                let last = curves.lines.get(at)?.last()?;
                match request.centre {
                    Centre::Mean => last.mean,
                    Centre::Median => last.median,
                }
            }
        };
        Some(format!(
            "{} ends at {}",
            run.name,
            format::number(value * scale, 1)
        ))
    });
    let ends: Vec<String> = ends.collect();
    let band = match request.centre {
        Centre::Median if !is_difference => "",
        _ => " Bands are 95 % intervals.",
    };
    [&ends.join(", "), ".", band].concat()
}
