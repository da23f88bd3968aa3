//! The cohort columns that the fixed filters work on, found by their headers.

use crate::{Study, data::ColumnInfo};

/// Headers that name the age column, in any case.
const AGE: &[&str] = &["age"];
/// Headers that name the sex column, in any case.
const SEX: &[&str] = &["sex", "gender"];
/// Headers that name the site column, in any case.
const SITE: &[&str] = &["site", "sites"];

/// The cohort's column of one of these names.
fn cohort_column<'a>(study: &'a Study, names: &[&str]) -> Option<&'a ColumnInfo> {
    let columns = &study.table(&study.keys.cohort_table)?.columns;
    let is_named = |column: &&ColumnInfo, name: &&str| column.name.eq_ignore_ascii_case(name);
    names
        .iter()
        .find_map(|name| columns.iter().find(|column| is_named(column, name)))
}

/// The column the age filter works on.
pub(crate) fn age_column(study: &Study) -> Option<&ColumnInfo> {
    cohort_column(study, AGE).filter(|column| column.is_numeric)
}

/// The column the sex filter works on.
pub(crate) fn sex_column(study: &Study) -> Option<&ColumnInfo> {
    cohort_column(study, SEX)
}

/// The column the site filter works on.
pub(crate) fn site_column(study: &Study) -> Option<&ColumnInfo> {
    cohort_column(study, SITE)
}
