//! The dot that says which colour of the chart a value has.

use leptos::prelude::*;
use workbench::{
    plot::{PlotData, PlotSpec},
    query::ResultColumn,
};

use crate::plot::{model::Plot, roles::find, words::is_ordinal};

/// Steps of the ordinal palette; more values have no order that lightness could show.
const STEPS: usize = 4;

/// The colours of the chart on screen, by value.
#[derive(Debug, Clone, Default)]
pub(in crate::plot) struct Dots {
    column: Option<String>,
    names: Vec<String>,
    is_ordinal: bool,
}

/// The colours of the chart on screen.
pub(in crate::plot) fn dots(plot: Plot) -> Dots {
    plot.with_data(|spec, data| dots_of(plot, spec, data))
        .unwrap_or_default()
}

/// The colours of a chart.
pub(super) fn dots_of(plot: Plot, spec: &PlotSpec, data: &PlotData) -> Dots {
    Dots {
        column: spec.colour.clone(),
        names: names(data),
        is_ordinal: plot.study.result.with(|result| {
            result
                .as_ref()
                .and_then(|result| find(result, spec.colour.as_ref()))
                .is_some_and(is_ordinal)
        }),
    }
}

fn names(data: &PlotData) -> Vec<String> {
    let panel = data.panels.first();
    panel
        .into_iter()
        .flat_map(|panel| &panel.series)
        .filter_map(|series| series.name.clone())
        .collect()
}

impl Dots {
    /// The dot of a value of the colour's column.
    pub(in crate::plot) fn dot(&self, value: Option<&str>) -> Option<AnyView> {
        let colour = self.colour(value?)?;
        Some(view! { <i class="hf-dot size-2!" style=format!("background:{colour}") aria-hidden="true"></i> }.into_any())
    }

    /// The dot of a cell, if it is in the colour's column.
    pub(in crate::plot) fn dot_in(&self, column: &ResultColumn, value: &str) -> Option<AnyView> {
        (self.column.as_ref() == Some(&column.name)).then(|| self.dot(Some(value)))?
    }

    /// As `frontend/js/chart/theme.ts` has it.
    fn colour(&self, value: &str) -> Option<String> {
        match value {
            "other" => return Some("var(--hf-c6)".into()),
            "missing" => return Some("var(--hf-chart-axis)".into()),
            _ => {}
        }
        let at = self.names.iter().position(|name| is_same(name, value));
        let named = self
            .names
            .iter()
            .filter(|name| !["other", "missing"].contains(&name.as_str()))
            .count();
        let letter = if self.is_ordinal && named <= STEPS {
            'o'
        } else {
            'c'
        };
        // Values beyond the palette are drawn as the rest.
        Some(at.map_or_else(
            || "var(--hf-c6)".into(),
            |at| format!("var(--hf-{letter}{})", at + 1),
        ))
    }
}

/// A cell has its column's decimals, a colour's name has not: `1.0` and `1`.
fn is_same(name: &str, value: &str) -> bool {
    name == value
        || matches!((name.parse::<f64>(), value.parse::<f64>()), (Ok(a), Ok(b)) if a.total_cmp(&b).is_eq())
}
