//! The filtering report: who was left after each filter, in the order they apply.

use super::{line, percent};
use crate::query::{CountReport, filter::Filter};

const HEADER: [&str; 8] = [
    "Step",
    "Filter Type",
    "Description",
    "Participants Before",
    "After",
    "Removed",
    "Removal %",
    "Cumulative Removal %",
];

/// What a step filters by.
pub(super) struct FilterOf {
    kind: &'static str,
    /// The table of a card.
    table: Option<String>,
}

impl FilterOf {
    pub(super) fn of(filter: &Filter) -> Self {
        Self {
            kind: filter.kind,
            table: filter.table.clone(),
        }
    }

    /// `Age 40 to 60`, and of a card `labs.bili 2 to 41`.
    pub(super) fn description(&self, label: &str) -> String {
        match &self.table {
            Some(table) => format!("{table}.{label}"),
            None => label.to_owned(),
        }
    }
}

/// The report as CSV: step 0 filters nothing.
pub(super) fn csv(report: &CountReport, filters: &[FilterOf]) -> String {
    let mut csv = line(&HEADER);
    let everyone = report
        .steps
        .first()
        .map_or(0, |step| step.left.participants);
    let mut before = everyone;
    for (at, step) in report.steps.iter().enumerate() {
        let filter = at.checked_sub(1).and_then(|at| filters.get(at));
        let after = step.left.participants;
        // A filter that is one of several can only take away.
        let removed = before.saturating_sub(after);
        csv.push_str(&line(&[
            &at.to_string(),
            filter.map_or("none", |filter| filter.kind),
            &filter.map_or_else(|| step.label.clone(), |it| it.description(&step.label)),
            &before.to_string(),
            &after.to_string(),
            &removed.to_string(),
            &percent(removed, before),
            &percent(everyone.saturating_sub(after), everyone),
        ]));
        before = after;
    }
    csv
}
