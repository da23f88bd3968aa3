//! A figure's rows as CSV: one form for every figure, every digit, missing cells empty, formulas defused.

use std::borrow::Cow;

use workbench::data::escape_formula;

use super::{
    rows::{Cell, rows},
    types::Figure,
};

const HEAD: &str = "name,series,x,y,low,high,n\r\n";

/// The file's text.
pub(super) fn csv(figure: &Figure) -> String {
    let mut text = HEAD.to_owned();
    for row in rows(figure) {
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let cells = [
            quoted(&row.name),
            quoted(&row.series),
            place(&row.x),
            place(&row.y),
            number(row.low),
            number(row.high),
            row.n.map(|n| n.to_string()).unwrap_or_default(),
        ];
        text += &cells.join(",");
        text += "\r\n";
    }
    text
}

fn place(cell: &Cell) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Number(value) => value.to_string(),
        Cell::Name(name) => quoted(name),
    }
}

fn quoted(text: &str) -> String {
    let text: Cow<'_, str> = escape_formula(text);
    if text.contains([',', '"', '\n', '\r']) {
        ["\"", &text.replace('"', "\"\""), "\""].concat()
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::figure::{Axis, Colour, Flow, Link, Node, Panel, Point, Series, Shape};

    fn series(name: &str, points: Vec<Point>) -> Series {
        Series {
            name: name.to_owned(),
            shape: Shape::Line,
            colour: Colour::Category(0),
            is_dashed: false,
            is_faint: false,
            is_labelled: false,
            points,
        }
    }

    #[test]
    fn every_point_is_a_row_and_formulas_are_defused() {
        let point = Point {
            x: 1.0,
            y: Some(65.25),
            low: Some(-0.5),
            high: None,
            n: Some(500),
        };
        let gap = Point {
            x: 2.0,
            ..Point::default()
        };
        let figure = Figure {
            name: "Mean vision".into(),
            x: Axis {
                categories: vec!["start".into(), "a, \"b\"".into()],
                ..Axis::default()
            },
            panels: vec![Panel {
                title: String::new(),
                series: vec![series("=1+1", vec![point, gap])],
            }],
            ..Figure::default()
        };
        assert_eq!(
            csv(&figure),
            "name,series,x,y,low,high,n\r\n\
             Mean vision,'=1+1,\"a, \"\"b\"\"\",65.25,-0.5,,500\r\n\
             Mean vision,'=1+1,2,,,,\r\n"
        );
    }

    #[test]
    fn a_flow_says_from_where_to_where_and_how_many() {
        let node = |id: &str, depth| Node {
            id: id.to_owned(),
            name: "stable".into(),
            depth,
            colour: Colour::Ordinal(1),
        };
        let link = Link {
            from: "a".into(),
            to: "b".into(),
            count: 7,
        };
        let figure = Figure {
            name: "Journey".into(),
            x: Axis {
                categories: vec!["Start".into(), "Year 1".into()],
                ..Axis::default()
            },
            flow: Some(Flow {
                nodes: vec![node("a", 0), node("b", 1)],
                links: vec![link],
            }),
            ..Figure::default()
        };
        assert_eq!(
            csv(&figure).lines().nth(1),
            Some("Journey,Start: stable,Year 1: stable,7,,,")
        );
    }
}
