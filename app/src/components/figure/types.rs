//! What a figure shows, apart from how it is drawn. It is sent to the browser and to the bundle as JSON.

use serde::{Deserialize, Serialize};

/// A chart: one or more panels that share their scales, or a flow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// What it is called: on the page, to screen readers, and as the name of its files.
    pub(crate) name: String,
    /// What it says, in a sentence, for who cannot see it.
    pub(crate) summary: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// One, or small multiples.
    pub(crate) panels: Vec<Panel>,
    /// A Sankey diagram; there are no panels then, and the categories of `x` are the heads of its columns.
    pub(crate) flow: Option<Flow>,
}

/// A scale, shared by all panels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Axis {
    /// `vision`.
    pub(crate) name: String,
    /// `letters`; empty where there is none.
    pub(crate) unit: String,
    /// Names of places instead of numbers: a point's `x` (or `y`) is an index into them.
    pub(crate) categories: Vec<String>,
    /// Where the scale begins; where the data do, without one.
    pub(crate) from: Option<f64>,
    pub(crate) to: Option<f64>,
    /// A line across at this value, that others are compared with.
    pub(crate) line: Option<f64>,
}

/// One panel.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Panel {
    /// Nothing where there is one panel only.
    pub(crate) title: String,
    pub(crate) series: Vec<Series>,
}

/// Points that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) colour: Colour,
    pub(crate) is_dashed: bool,
    /// In grey and behind: there to compare with.
    pub(crate) is_faint: bool,
    /// Whether its name stands at the end of its line.
    pub(crate) is_labelled: bool,
    pub(crate) points: Vec<Point>,
}

/// One value, with the interval around it where there is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) x: f64,
    /// A gap where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) y: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) low: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) high: Option<f64>,
    /// How many it is counted over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) n: Option<u64>,
}

/// How points are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// A line; `low` and `high` are a band around it.
    Line,
    /// Bars side by side.
    Bar,
    /// Bars upon one another.
    StackedBar,
    /// Areas upon one another.
    StackedArea,
    /// Marks; `low` and `high` are whiskers along y.
    Points,
    /// A forest plot's row: `x` is the value, `low` and `high` are along x, and `y` an index into its categories.
    Interval,
}

/// Colours by meaning; the theme says which they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of", content = "step")]
pub(crate) enum Colour {
    /// A category, from 0: `--hf-c1` and its mark. After six, slate.
    Category(u8),
    /// A step of severity, from 0: `--hf-o1`.
    Ordinal(u8),
    /// Stopped, missing, the rest.
    Slate,
}

/// Where people go: a Sankey diagram.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flow {
    pub(crate) nodes: Vec<Node>,
    pub(crate) links: Vec<Link>,
}

/// A place in a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Node {
    /// Unique in the flow.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Its column, from the left.
    pub(crate) depth: u32,
    pub(crate) colour: Colour,
}

/// How many go from one place to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) count: u64,
}
