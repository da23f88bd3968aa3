//! The columns on which tables meet, found from their names and profiles. No file is read here.
//!
//! The rule: the cohort table's header has a participant and, in any table, a visit beside it:
//! longitudinal. A participant alone: cross-sectional. Only a derived id for both: that is the
//! participant. Otherwise the first column whose name sounds like an id; otherwise an error that
//! lists the columns, so that a person can choose.

use std::cmp::Reverse;

use super::types::{ColumnInfo, MergeKeys, TableInfo};
use crate::Error;

/// Begins the cohort table's name.
const COHORT: &str = "demographics";

/// Names of a participant's column, likeliest first; compared without case, `_`, `-` and spaces.
const PRIMARY: [&str; 17] = [
    "ursi",
    "participantid",
    "subjectid",
    "patientid",
    "usubjid",
    "subjid",
    "personid",
    "participant",
    "subject",
    "patient",
    "ptid",
    "rid",
    "pid",
    "eid",
    "recordid",
    "id",
    "subid",
];

/// Names of a visit's column, likeliest first.
const SESSION: [&str; 19] = [
    "sessionnum",
    "session",
    "sessionid",
    "ses",
    "visit",
    "visitnum",
    "visitnumber",
    "visitid",
    "visitno",
    "visitcode",
    "viscode",
    "timepoint",
    "wave",
    "followup",
    "eventname",
    "redcapeventname",
    "event",
    "occasion",
    "tp",
];

/// Names of a column that joins participant and visit.
const COMPOSITE: [&str; 3] = ["customid", "compositeid", "participantsession"];

/// Parts of a name that sounds like an id.
const ID_LIKE: [&str; 4] = ["id", "ursi", "subject", "participant"];

/// How far an estimated number of distinct values may lie from the rows and still mean "unique":
/// estimates are within half a percent, one in ten thousand is off by more than two.
const UNIQUE_TOLERANCE: f64 = 0.02;

/// Distinct values up to here are exact.
const EXACT_DISTINCT: u64 = 100_000;

/// Finds the keys of a study.
///
/// # Errors
/// [`Error::BadRequest`] that lists the columns, if there is no table or nothing like an id.
pub fn find_keys(tables: &[TableInfo]) -> Result<MergeKeys, Error> {
    let (cohort, primary) = find_cohort(tables)?;
    let session = find_session(tables, &primary);
    let is_longitudinal = session.is_some();
    Ok(MergeKeys {
        cohort_table: cohort.name.clone(),
        composite_id: session
            .as_ref()
            .map(|session| format!("{primary}_{session}")),
        primary_id: primary,
        session_id: session,
        is_longitudinal,
    })
}

/// The table of participants and the column that names them.
fn find_cohort(tables: &[TableInfo]) -> Result<(&TableInfo, String), Error> {
    if tables.is_empty() {
        return Err(Error::BadRequest(
            "There is no table yet. Add one, then its keys can be found.".to_owned(),
        ));
    }
    let named = tables
        .iter()
        .find(|table| table.name.to_lowercase().starts_with(COHORT));
    if let Some(cohort) = named {
        return match find_primary(cohort, tables) {
            Some(primary) => Ok((cohort, primary)),
            None => Err(no_keys(std::slice::from_ref(cohort))),
        };
    }
    // Among tables with a participant, the one where each has one row; then the one with most.
    tables
        .iter()
        .filter_map(|table| {
            let primary = find_primary(table, tables)?;
            let column = table.column(&primary)?;
            Some((is_unique(table, column), column.distinct, table, primary))
        })
        .reduce(|best, next| {
            if (next.0, next.1) > (best.0, best.1) {
                next
            } else {
                best
            }
        })
        .map(|(.., table, primary)| (table, primary))
        .ok_or_else(|| no_keys(tables))
}

/// The participant's column of a table: a known name, of several the one that most tables have.
fn find_primary(table: &TableInfo, tables: &[TableInfo]) -> Option<String> {
    let names = || table.columns.iter().map(|column| column.name.as_str());
    let known = names().filter_map(|name| {
        Some((
            name,
            PRIMARY.iter().position(|known| *known == plain(name))?,
        ))
    });
    let in_tables = |name: &str| {
        tables
            .iter()
            .filter(|table| table.column(name).is_some())
            .count()
    };
    known
        .min_by_key(|(name, rank)| (Reverse(in_tables(name)), *rank))
        .map(|(name, _)| name)
        .or_else(|| names().find(|name| is_composite(name)))
        .or_else(|| names().find(|name| sounds_like_id(name)))
        .map(str::to_owned)
}

/// The visit's column: in any table that also has the participant, of several the commonest.
fn find_session(tables: &[TableInfo], primary: &str) -> Option<String> {
    let joined = || {
        tables
            .iter()
            .filter(|table| table.column(primary).is_some())
    };
    let in_tables = |name: &str| {
        joined()
            .filter(|table| table.column(name).is_some())
            .count()
    };
    joined()
        .flat_map(|table| &table.columns)
        .filter(|column| column.name != primary)
        .filter_map(|column| {
            let rank = SESSION
                .iter()
                .position(|known| *known == plain(&column.name))?;
            Some((column.name.as_str(), rank))
        })
        .min_by_key(|(name, rank)| (Reverse(in_tables(name)), *rank))
        .map(|(name, _)| name.to_owned())
}

fn is_unique(table: &TableInfo, column: &ColumnInfo) -> bool {
    if column.missing > 0 || table.rows == 0 {
        return false;
    }
    if column.distinct <= EXACT_DISTINCT {
        return column.distinct == table.rows;
    }
    let off = column.distinct.abs_diff(table.rows) as f64;
    off <= table.rows as f64 * UNIQUE_TOLERANCE
}

fn is_composite(name: &str) -> bool {
    COMPOSITE.contains(&plain(name).as_str())
}

/// A visit's name may contain "id" too, and is none of a participant.
fn sounds_like_id(name: &str) -> bool {
    let name = plain(name);
    !SESSION.contains(&name.as_str()) && ID_LIKE.iter().any(|part| name.contains(part))
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

fn no_keys(tables: &[TableInfo]) -> Error {
    /// Columns listed of one table: a person recognises the id among the first ones.
    const LISTED: usize = 30;
    let lists: Vec<String> = tables
        .iter()
        .map(|table| {
            let names: Vec<&str> = table
                .columns
                .iter()
                .take(LISTED)
                .map(|c| c.name.as_str())
                .collect();
            let more = table.columns.len().saturating_sub(LISTED);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!("{}: {}{more}", table.name, names.join(", "))
        })
        .collect();
    Error::BadRequest(format!(
        "No column names a participant. Choose one, or rename it to id. The columns are: {}.",
        lists.join("; ")
    ))
}
