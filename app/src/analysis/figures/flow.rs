//! Who is in which state: over time, and from year to year. The same colours in both.

use workbench::analysis::{CohortFlow, Journey, OTHER, OVER, STATES, STOPPED, Step};

use super::parts::{axis, months, of_all, panel, percent, series};
use crate::components::{
    figure::{Axis, Colour, Figure, Flow, Link, Node, Point, Shape},
    format,
};

/// From the bottom of the picture to its top.
const ORDER: [usize; 6] = [STOPPED, 3, 2, 1, OTHER, 0];

fn colour(state: usize) -> Colour {
    match state {
        STOPPED => Colour::Slate,
        OTHER => Colour::Category(4),
        OVER => Colour::Category(3),
        severity => Colour::Ordinal(severity as u8),
    }
}

/// Patients in each state, of those who are followed.
pub(crate) fn flow(flow: &CohortFlow, step: Step, is_share: bool) -> Figure {
    let x = |at: usize| match step {
        Step::Week | Step::Month => at as f64,
        Step::Quarter => 3.0 * at as f64,
    };
    let followed = |states: &[u64; STATES.len()]| states[..OVER].iter().sum::<u64>();
    let there: Vec<_> = flow
        .moments
        .iter()
        .filter(|moment| followed(&moment.states) > 0)
        .collect();
    let areas = ORDER
        .into_iter()
        .filter(|state| there.iter().any(|moment| moment.states[*state] > 0));
    let area = |state: usize| {
        let points = there.iter().enumerate().map(|(at, moment)| {
            let (count, n) = (moment.states[state], followed(&moment.states));
            Point {
                x: x(at),
                y: Some(if is_share {
                    percent(count, n)
                } else {
                    count as f64
                }),
                n: Some(n),
                ..Point::default()
            }
        });
        series(
            STATES[state],
            Shape::StackedArea,
            colour(state),
            points.collect(),
        )
    };
    let every = match step {
        Step::Week => "week",
        Step::Month => "month",
        Step::Quarter => "quarter",
    };
    let end = there.last().map(|moment| {
        let n = followed(&moment.states);
        format!(
            " Of {} followed to the end {} had stopped.",
            format::count(n),
            of_all(moment.states[STOPPED], n)
        )
    });
    let unit = if is_share { "%" } else { "" };
    Figure {
        name: "Cohort flow".into(),
        summary: format!(
            "n = {} patients by their state at the last visit, {every} by {every}.{}",
            format::count(flow.patients),
            end.unwrap_or_default()
        ),
        x: match step {
            Step::Week => axis("since enrolment", "weeks"),
            Step::Month | Step::Quarter => months(),
        },
        y: Axis {
            to: is_share.then_some(100.0),
            ..axis("patients", unit)
        },
        panels: panel(areas.map(area).collect()),
        flow: None,
    }
}

/// From which state to which, from year to year.
pub(crate) fn journey(journey: &Journey) -> Figure {
    let mut nodes: Vec<(usize, usize)> = Vec::new();
    let mut links = Vec::new();
    let id = |column: usize, state: usize| format!("{column}-{state}");
    for (column, moves) in journey.moves.iter().enumerate() {
        for it in moves {
            nodes.extend([(column, it.from), (column + 1, it.to)]);
            links.push(Link {
                from: id(column, it.from),
                to: id(column + 1, it.to),
                count: it.count,
            });
        }
    }
    nodes.sort_unstable();
    nodes.dedup();
    let node = |(column, state): (usize, usize)| Node {
        id: id(column, state),
        name: STATES[state].to_owned(),
        depth: column as u32,
        colour: colour(state),
    };
    let heads = journey.marks.iter().map(|year| match year {
        0 => "Start".to_owned(),
        year => format!("Year {year}"),
    });
    Figure {
        name: "Patient journey".into(),
        summary: format!(
            "n = {} patients.{}",
            format::count(journey.patients),
            end(journey)
        ),
        x: Axis {
            categories: heads.collect(),
            ..Axis::default()
        },
        y: axis("patients", ""),
        panels: Vec::new(),
        flow: Some(Flow {
            nodes: nodes.into_iter().map(node).collect(),
            links,
        }),
    }
}

/// Where they are at the last mark.
fn end(journey: &Journey) -> String {
    let Some((year, moves)) = journey.marks.last().zip(journey.moves.last()) else {
        return String::new();
    };
    let counts = (0..STATES.len()).map(|state| {
        let there = moves.iter().filter(|it| it.to == state);
        (state, there.map(|it| it.count).sum::<u64>())
    });
    let said = counts.filter(|(_, count)| *count > 0);
    let said: Vec<String> = said
        .map(|(state, count)| format!("{} {}", STATES[state], of_all(count, journey.patients)))
        .collect();
    format!(
        " After {}: {}.",
        format::plural((*year).into(), "year", "years"),
        said.join(", ")
    )
}
