//! README.txt: what was asked of which data, when, by which version; and what each file is.

use super::{Summary, columns::Visits};
use crate::query::{
    Shape,
    merge::{Gather, Merged, provenance},
    parameters::timestamp,
};

/// The text.
pub(super) fn text(summary: &Summary, merged: &Merged<'_>, visits: Option<&Visits>) -> String {
    let mut text = format!(
        "Summary of a query, made by Holdfast {} on {}.\n\n",
        env!("CARGO_PKG_VERSION"),
        timestamp(summary.now_ms)
    );
    let left = summary.report.left;
    let all = summary.report.steps.first().map_or(left, |step| step.left);
    text.push_str(&format!(
        "{} of {} participants, {} of {} rows of the long form.\nThe result: {}, {} rows, {} columns{}.\n",
        left.participants,
        all.participants,
        left.rows,
        all.rows,
        match summary.spec.shape {
            Shape::Long => "long form",
            Shape::Wide => "wide form",
        },
        merged.rows(),
        merged.plan.len(),
        match summary.spec.consolidate_baseline {
            true => ", baselines consolidated",
            false => "",
        },
    ));
    text.push_str(&files(visits));
    text.push_str(&filters(summary));
    text.push_str(&tables(summary));
    text
}

fn files(visits: Option<&Visits>) -> String {
    let by_visit = match visits {
        Some(visits) if visits.is_too_many() => {
            "  (the visits are too many to be summarised one by one)\n"
        }
        Some(_) => "  data_summary_by_visit.csv  the same, visit by visit\n",
        None => "",
    };
    format!(
        "\nFiles\n  filtering_report.csv       who was left after each filter, in the order they apply\n  \
         data_summary.csv           the columns of the result\n{by_visit}  \
         query.toml                 the query; the Query page reads it in again\n"
    )
}

fn filters(summary: &Summary) -> String {
    let mut text = String::from("\nFilters, in the order they apply\n");
    let steps = summary.report.steps.iter().skip(1);
    for (step, filter) in steps.zip(&summary.filters) {
        text.push_str(&item(&filter.description(&step.label)));
    }
    if summary.filters.is_empty() {
        text.push_str("  none: everyone is in\n");
    }
    let cards = &summary.spec.filters.cards;
    let off = cards.iter().filter(|card| !card.enabled);
    let off = off.map(|card| format!("Switched off: {}.{}", card.table, card.column));
    let outcomes = summary.report.cards.iter();
    let problems = outcomes.filter_map(|card| card.problem.clone());
    let problems = summary.report.problems.iter().cloned().chain(problems);
    let problems = problems.map(|problem| format!("Not applied: {problem}"));
    for line in off.chain(problems) {
        text.push_str(&item(&line));
    }
    text
}

fn tables(summary: &Summary) -> String {
    let mut text = String::from("\nTables\n");
    let (study, spec) = (&summary.study, &summary.spec);
    for (name, checksum) in provenance(study, spec) {
        if let Some(table) = study.table(&name) {
            text.push_str(&item(&format!(
                "{name}: {} rows from {}, {} bytes, SHA-256 {checksum}",
                table.rows, table.file_name, table.bytes
            )));
        }
    }
    let keys = &study.keys;
    let visits = match keys.session_id.as_ref().filter(|_| keys.is_longitudinal) {
        Some(session) => format!(", visits by {session}"),
        None => String::new(),
    };
    let cohort = &keys.cohort_table;
    let keys = format!(
        "The cohort is {cohort}; participants meet by {}{visits}.",
        keys.primary_id
    );
    text.push_str(&item(&keys));
    text
}

/// One line of a list, whatever a name holds.
fn item(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    format!("  {text}\n")
}
