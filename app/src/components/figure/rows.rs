//! Everything in a figure, row by row: what its table shows and its CSV has.

use super::types::{Axis, Figure, Flow};

/// A point, or a link of a flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Row {
    /// The panel's title; the figure's name where there is one panel.
    pub(crate) name: String,
    /// The series; where a flow comes from.
    pub(crate) series: String,
    pub(crate) x: Cell,
    pub(crate) y: Cell,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    pub(crate) n: Option<u64>,
}

/// A place on an axis.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Cell {
    #[default]
    Missing,
    Number(f64),
    Name(String),
}

pub(crate) fn rows(figure: &Figure) -> Vec<Row> {
    if let Some(flow) = &figure.flow {
        return links(figure, flow);
    }
    let mut rows = Vec::new();
    for panel in &figure.panels {
        let name = match panel.title.as_str() {
            "" => &figure.name,
            title => title,
        };
        for series in &panel.series {
            rows.extend(series.points.iter().map(|point| Row {
                name: name.to_owned(),
                series: series.name.clone(),
                x: cell(&figure.x, Some(point.x)),
                y: cell(&figure.y, point.y),
                low: point.low,
                high: point.high,
                n: point.n,
            }));
        }
    }
    rows
}

fn links(figure: &Figure, flow: &Flow) -> Vec<Row> {
    let place = |id: &str| {
        let node = flow.nodes.iter().find(|node| node.id == id);
        node.map_or_else(
            || id.to_owned(),
            |node| match figure.x.categories.get(node.depth as usize) {
                Some(head) => [head, ": ", &node.name].concat(),
                None => node.name.clone(),
            },
        )
    };
    let row = |link: &super::types::Link| Row {
        name: figure.name.clone(),
        series: place(&link.from),
        x: Cell::Name(place(&link.to)),
        y: Cell::Number(link.count as f64),
        ..Row::default()
    };
    flow.links.iter().map(row).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "categories are counted from 0"
)]
fn cell(axis: &Axis, value: Option<f64>) -> Cell {
    let Some(value) = value else {
        return Cell::Missing;
    };
    match axis.categories.get(value as usize) {
        Some(name) => Cell::Name(name.clone()),
        None => Cell::Number(value),
    }
}

/// An axis in words: `vision, letters`.
pub(crate) fn called(axis: &Axis) -> String {
    match axis.unit.as_str() {
        "" => axis.name.clone(),
        unit => [&axis.name, ", ", unit].concat(),
    }
}
