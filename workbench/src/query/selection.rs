//! What is asked, in one form: columns to start with, and the name of a result. Reads no data.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{CardRule, CohortFilters, MergeSpec, Selection};
use crate::Study;

/// Columns taken of each table before anybody chose: enough to recognise the table, few enough for
/// a screen.
const FIRST_COLUMNS: usize = 12;

/// Written into every result's name: a change of the form of results changes their names.
const RESULT_FORMAT: u32 = 1;

/// The first columns of every table that can be joined; keys are not listed, they always come along.
pub fn default_selection(study: &Study) -> Selection {
    let joinable = study
        .tables
        .iter()
        .filter(|table| table.column(&study.keys.primary_id).is_some());
    let tables = joinable.map(|table| {
        let columns = table.columns.iter().map(|column| column.name.clone());
        let columns = columns
            .filter(|name| !is_key(study, name))
            .take(FIRST_COLUMNS);
        (table.name.clone(), columns.collect())
    });
    Selection {
        tables: tables.collect(),
    }
}

/// Whether a column is one of the merge keys.
pub(crate) fn is_key(study: &Study, column: &str) -> bool {
    column == study.keys.primary_id || session(study) == Some(column)
}

/// The visit column, if visits are joined on.
pub(crate) fn session(study: &Study) -> Option<&str> {
    study
        .keys
        .session_id
        .as_deref()
        .filter(|_| study.keys.is_longitudinal)
}

/// Names the result of a question: the same for every way of asking the same of the same data.
///
/// Cards that are off, filters that take all, tables that are neither taken nor filtered on, the
/// order of values, sites and columns, and the case of a text do not matter.
pub fn result_id(study: &Study, spec: &MergeSpec) -> String {
    let filters = effective(study, &spec.filters);
    let mut used: BTreeSet<&str> = filters
        .cards
        .iter()
        .map(|card| card.table.as_str())
        .collect();
    used.insert(&study.keys.cohort_table);
    used.extend(spec.selection.tables.keys().map(String::as_str));
    // The order of the tables decides the order of the columns.
    let tables: Vec<(&str, &str)> = study
        .tables
        .iter()
        .filter(|table| used.contains(table.name.as_str()))
        .map(|table| (table.name.as_str(), table.id.as_str()))
        .collect();
    let selection: BTreeMap<&str, BTreeSet<&str>> = spec
        .selection
        .tables
        .iter()
        .filter(|(table, _)| study.table(table).is_some())
        .map(|(table, columns)| (table.as_str(), columns.iter().map(String::as_str).collect()))
        .collect();
    digest(&(
        RESULT_FORMAT,
        tables,
        &study.keys,
        filters,
        selection,
        spec.shape,
        spec.consolidate_baseline,
    ))
}

/// The filters that filter anything, their values sorted.
fn effective(study: &Study, filters: &CohortFilters) -> CohortFilters {
    let mut filters = filters.clone();
    let exists = |table: &str, column: &str| {
        study
            .table(table)
            .is_some_and(|table| table.column(column).is_some())
    };
    filters
        .cards
        .retain(|card| card.enabled && exists(&card.table, &card.column));
    for values in [&mut filters.sites, &mut filters.visits, &mut filters.sex] {
        values.sort_unstable();
        values.dedup();
    }
    for card in &mut filters.cards {
        card.id = String::new();
        match &mut card.rule {
            CardRule::Categories { values } => {
                values.sort_unstable();
                values.dedup();
            }
            CardRule::Text(text) => *text = text.folded(),
            CardRule::Range(_) | CardRule::Dates(_) => {}
        }
    }
    filters
}

/// 32 hex digits over a value.
pub(crate) fn digest(value: &impl Serialize) -> String {
    // Plain data with text keys always serialises; were it not so, the name would still be stable.
    let json = serde_json::to_vec(value).unwrap_or_default();
    hex::encode(&Sha256::digest(json)[..16])
}
