//! A view of a run's page as a program gets it, and the same as lines of a table.

use app::{AppError, RunDeed, RunSheet, SheetRow};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{analysis::View, types::Run};

/// A view as data.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunAnalysis)]
pub(super) struct Analysis {
    /// The run.
    run: String,
    /// Which view.
    view: View,
    /// Its charts; none of `history` and `about`.
    pub(super) figures: Vec<Figure>,
    /// Of `history`: what was done, the newest first. That of a run that others share is theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<Vec<Deed>>,
    /// Of `about`: the run with everything that is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<Run>,
}

/// A chart as a table.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunFigure)]
pub(super) struct Figure {
    /// What it is called.
    name: String,
    /// What it says, and over whom it is counted.
    summary: String,
    /// What `x` is, with its unit; where it goes, of a flow.
    x: String,
    /// What `y` is, with its unit.
    y: String,
    /// Point by point.
    rows: Vec<Point>,
}

/// A point of a chart, or a link of a flow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunPoint)]
pub(super) struct Point {
    /// The population, the patient, the reason; where a flow comes from.
    series: String,
    /// Where it is along `x`.
    x: Option<Cell>,
    /// Its value; null in a gap.
    y: Option<Cell>,
    /// The lower end of its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    /// The upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    /// How many it is counted over.
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u64>,
}

/// A place on an axis: a number, or a name where the axis has names.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = RunCell)]
pub(super) enum Cell {
    Number(f64),
    Name(String),
}

/// What somebody did to a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunDeed)]
pub(super) struct Deed {
    /// Of the run, after it.
    version: u64,
    /// By UTC, `2026-11-21 09:31`.
    at: String,
    /// Who did it.
    who: String,
    /// In words.
    did: String,
    /// Where the run stood then.
    status: String,
}

impl Analysis {
    pub(super) fn empty(run: &str, view: View) -> Self {
        Self {
            run: run.to_owned(),
            view,
            figures: Vec::new(),
            changes: None,
            about: None,
        }
    }
}

/// The same as lines under a head: of charts as their own files have it, point by point; what was done, step by step; and
/// what a run was made of, field by field.
pub(super) fn lines(answer: &Analysis) -> Result<Vec<Vec<String>>, AppError> {
    if let Some(changes) = &answer.changes {
        let head = head(&["version", "at", "who", "did", "status"]);
        return Ok(head.chain(changes.iter().map(Deed::line)).collect());
    }
    if let Some(about) = &answer.about {
        let fields = serde_json::to_value(about).map_err(AppError::internal)?;
        let fields = fields.as_object().into_iter().flatten();
        let lines = fields.map(|(field, value)| vec![field.clone(), text(value)]);
        return Ok(head(&["field", "value"]).chain(lines).collect());
    }
    let points = answer.figures.iter().flat_map(|figure| {
        let points = figure.rows.iter();
        points.map(|point| point.line(&figure.name))
    });
    let head = head(&["name", "series", "x", "y", "low", "high", "n"]);
    Ok(head.chain(points).collect())
}

fn head(names: &[&str]) -> impl Iterator<Item = Vec<String>> {
    std::iter::once(names.iter().map(|name| (*name).to_owned()).collect())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Point {
    fn line(&self, figure: &str) -> Vec<String> {
        let number = |value: Option<f64>| value.map(|value| value.to_string());
        let cell = |cell: &Option<Cell>| match cell {
            None => String::new(),
            Some(Cell::Number(value)) => value.to_string(),
            Some(Cell::Name(name)) => name.clone(),
        };
        vec![
            figure.to_owned(),
            self.series.clone(),
            cell(&self.x),
            cell(&self.y),
            number(self.low).unwrap_or_default(),
            number(self.high).unwrap_or_default(),
            self.n.map(|n| n.to_string()).unwrap_or_default(),
        ]
    }
}

impl Deed {
    fn line(&self) -> Vec<String> {
        let words = [&self.at, &self.who, &self.did, &self.status].map(Clone::clone);
        std::iter::once(self.version.to_string())
            .chain(words)
            .collect()
    }
}

impl From<RunSheet> for Figure {
    fn from(sheet: RunSheet) -> Self {
        Self {
            name: sheet.name,
            summary: sheet.summary,
            x: sheet.x,
            y: sheet.y,
            rows: sheet.rows.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<SheetRow> for Point {
    fn from(row: SheetRow) -> Self {
        Self {
            series: row.series,
            x: Cell::of(row.x),
            y: Cell::of(row.y),
            low: row.low,
            high: row.high,
            n: row.n,
        }
    }
}

impl Cell {
    fn of(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_f64().map(Self::Number),
            Value::String(name) => Some(Self::Name(name)),
            _ => None,
        }
    }
}

impl From<RunDeed> for Deed {
    fn from(deed: RunDeed) -> Self {
        Self {
            version: deed.version,
            at: deed.at,
            who: deed.who,
            did: deed.did,
            status: deed.status,
        }
    }
}
