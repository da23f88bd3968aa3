//! The views of a run for programs: what its charts show, row by row, and what was done to it. Only on the server.

use serde_json::Value;

use super::{Place, answers, server::Deed};
use crate::{
    AppError, AppState, Visitor,
    components::figure::{Cell, Figure, called, rows},
    context::Caller,
};

/// A chart as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What the chart is called.
    pub name: String,
    /// What it says, and over whom it is counted.
    pub summary: String,
    /// What `x` of a row is, with its unit; of a flow, where it goes.
    pub x: String,
    /// What `y` is, with its unit.
    pub y: String,
    /// Point by point.
    pub rows: Vec<SheetRow>,
}

/// A point of a chart, or a link of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRow {
    /// The population, the patient, the reason; where a flow comes from.
    pub series: String,
    /// A number, or a name; null where there is none.
    pub x: Value,
    /// The same.
    pub y: Value,
    /// The lower end of its interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How many it is counted over.
    pub n: Option<u64>,
}

/// The charts of a view of a completed run that they may read; none of a view without charts.
///
/// # Errors
/// Those of reading a run's tables.
pub async fn sheets_of_run(
    state: &AppState,
    visitor: &Visitor,
    id: &str,
    place: Place,
) -> Result<Vec<Sheet>, AppError> {
    let figures = answers::figures(&caller(state, visitor), id, place).await?;
    Ok(figures.iter().map(sheet).collect())
}

/// Everything that was done to a run of their own, the newest first.
///
/// # Errors
/// Where there is no such run, or the engine fails.
pub async fn trail_of_run(
    state: &AppState,
    visitor: &Visitor,
    id: &str,
) -> Result<Vec<Deed>, AppError> {
    answers::trail(&caller(state, visitor), id).await
}

fn caller(state: &AppState, visitor: &Visitor) -> Caller {
    Caller {
        visitor: visitor.clone(),
        state: state.clone(),
    }
}

fn sheet(figure: &Figure) -> Sheet {
    let rows = rows(figure).into_iter().map(|row| SheetRow {
        series: row.series,
        x: value(row.x),
        y: value(row.y),
        low: row.low,
        high: row.high,
        n: row.n,
    });
    Sheet {
        name: figure.name.clone(),
        summary: figure.summary.clone(),
        x: called(&figure.x),
        y: called(&figure.y),
        rows: rows.collect(),
    }
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Missing => Value::Null,
        Cell::Number(number) => number.into(),
        Cell::Name(name) => name.into(),
    }
}
