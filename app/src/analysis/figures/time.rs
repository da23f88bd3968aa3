//! Days between visits, injections and visits of each year, and who stopped.

use workbench::{
    analysis::{Doses, GAP_FROM, Intervals, REASONS, Stopping, Year},
    simulation::outcomes::{INTERVALS, Measure},
};

use super::parts::{
    ALL, STILL, axis, categories, mean, months, of_all, panel, percent, said, series,
};
use crate::components::{
    figure::{Colour, Figure, Point, Shape},
    format,
};

/// The days of each bin, in words.
fn bins() -> impl Iterator<Item = String> {
    (0..=INTERVALS.len()).map(|bin| match (bin.checked_sub(1), INTERVALS.get(bin)) {
        (None, Some(last)) => format!("≤ {last}"),
        (Some(before), Some(last)) => format!("{}–{last}", INTERVALS[before] + 1),
        (Some(before), None) => format!("> {}", INTERVALS[before]),
        (None, None) => String::new(),
    })
}

/// Intervals in their bins, gaps in the second colour.
pub(crate) fn intervals(found: &Intervals) -> Figure {
    let all: u64 = found.bins.iter().sum();
    let bars = |name, colour, places: std::ops::Range<usize>| {
        let points = places.map(|bin| Point {
            x: bin as f64,
            y: Some(found.bins[bin] as f64),
            n: Some(all),
            ..Point::default()
        });
        series(name, Shape::StackedBar, colour, points.collect())
    };
    let gaps = found.bins[GAP_FROM..].iter().sum();
    Figure {
        name: "Intervals and gaps".into(),
        summary: format!(
            "n = {} intervals between visits that took place; {} are gaps of 120 days or more. {} patients had one of more \
             than 180 days, {} no visit in their last 180 days.",
            format::count(all),
            of_all(gaps, all),
            of_all(found.with_gap, found.patients),
            of_all(found.unseen, found.patients),
        ),
        x: categories("days to the next visit", bins()),
        y: axis("intervals", ""),
        panels: panel(vec![
            bars("up to 119 days", Colour::Category(0), 0..GAP_FROM),
            bars("gap", Colour::Category(1), GAP_FROM..found.bins.len()),
        ]),
        flow: None,
    }
}

/// The same as a mean, year by year.
pub(crate) fn mean_intervals(found: &Intervals) -> Figure {
    let points = found.years.iter().enumerate();
    let points = points.map(|(at, measure)| mean(at as f64, *measure));
    Figure {
        name: "Mean interval by year".into(),
        summary: format!(
            "{} days over n = {} intervals, each in the year since enrolment in which it ended; with 95 % CI.",
            said(found.days),
            format::count(found.days.n)
        ),
        x: categories("year", years(found.years.len())),
        y: axis("interval", "days"),
        panels: panel(vec![series(
            "mean interval",
            Shape::Bar,
            Colour::Category(0),
            points.collect(),
        )]),
        flow: None,
    }
}

fn years(count: usize) -> impl Iterator<Item = String> {
    (1..=count).map(|year| format!("Year {year}"))
}

/// Injections, visits, and their ratio.
pub(crate) fn frequency(found: &[Year]) -> Vec<Figure> {
    let figure = |name: &str, unit: &str, summary: String, of: &dyn Fn(f64, &Doses) -> Point| {
        let bars = |name, colour, population: fn(&Year) -> &Doses| {
            let years = found.iter().enumerate();
            let points = years.map(|(at, year)| of(at as f64, population(year)));
            series(name, Shape::Bar, colour, points.collect())
        };
        Figure {
            name: name.to_owned(),
            summary,
            x: categories("year", years(found.len())),
            y: axis(unit, ""),
            panels: panel(vec![
                bars(ALL, Colour::Category(0), |year| &year.all),
                bars(STILL, Colour::Category(1), |year| &year.still_treated),
            ]),
            flow: None,
        }
    };
    let told = |of: &dyn Fn(&Doses) -> String| {
        let years = found
            .iter()
            .map(|year| format!("year {}: {}", year.year, of(&year.all)));
        let n = found.first().map_or(0, |year| year.all.visits.n);
        format!(
            "All n = {} patients followed through the year, who stopped with none: {}.",
            format::count(n),
            years.collect::<Vec<_>>().join(", ")
        )
    };
    let measured = |of: fn(&Doses) -> Measure| move |x: f64, doses: &Doses| mean(x, of(doses));
    vec![
        figure(
            "Injections a year",
            "injections of a patient",
            told(&|doses| said(doses.injections)),
            &measured(|doses| doses.injections),
        ),
        figure(
            "Visits a year",
            "visits of a patient",
            told(&|doses| said(doses.visits)),
            &measured(|doses| doses.visits),
        ),
        figure(
            "Injections for each visit",
            "injections for each visit",
            told(&|doses| format::number(doses.ratio, 2)),
            &|x, doses| Point {
                x,
                y: (doses.visits.mean > 0.0).then_some(doses.ratio),
                n: Some(doses.visits.n),
                ..Point::default()
            },
        ),
    ]
}

/// Who had stopped, by reason.
pub(crate) fn stopping(found: &Stopping, is_share: bool) -> Figure {
    let there = REASONS
        .iter()
        .enumerate()
        .filter(|(reason, _)| *reason < 3 || found.stopped[*reason] > 0);
    let areas = there.clone().map(|(reason, name)| {
        let points = found.months.iter().map(|month| {
            let count = month.stopped[reason];
            Point {
                x: f64::from(month.month),
                y: Some(if is_share {
                    percent(count, month.n)
                } else {
                    count as f64
                }),
                n: Some(month.n),
                ..Point::default()
            }
        });
        let colour = if reason < 3 {
            Colour::Category(reason as u8)
        } else {
            Colour::Slate
        };
        series(name, Shape::StackedArea, colour, points.collect())
    });
    let said: Vec<String> = there
        .map(|(reason, name)| format!("{name} {}", of_all(found.stopped[reason], found.patients)))
        .collect();
    let unit = if is_share { "%" } else { "" };
    Figure {
        name: "Stopped by reason".into(),
        summary: format!(
            "{} of n = {} patients stopped: {}. Month by month, of those who are followed so long.",
            of_all(found.stopped.iter().sum(), found.patients),
            format::count(found.patients),
            said.join(", ")
        ),
        x: months(),
        y: axis("patients", unit),
        panels: panel(areas.collect()),
        flow: None,
    }
}
