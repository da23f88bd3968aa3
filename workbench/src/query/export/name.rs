//! What a download is called.

use arrow::temporal_conversions::timestamp_ms_to_datetime;

use crate::{
    Study,
    query::{ExportFormat, MergeSpec, ResultInfo, Shape},
};

/// Tables named in a file's name before the rest is counted.
const NAMED_TABLES: usize = 3;
/// Characters of a saved query's name in the name of its file.
const NAMED_CHARACTERS: usize = 60;

/// A download's name: `demographics_labs_exams_long_20260102_030405.csv`; the cohort table alone is
/// `demographics_only_...`, more than three tables are `demographics_and_3_more_...`.
pub fn export_name(result: &ResultInfo, format: ExportFormat, now_ms: i64) -> String {
    let extension = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Parquet => "parquet",
    };
    let tables = result.provenance.iter().map(|(name, _)| name.as_str());
    let stem = stem(tables, &result.keys.cohort_table, &result.spec);
    dated(&stem, extension, now_ms)
}

/// The same for a file about a query that may not be merged: its summary (`zip`), or the query itself (`toml`).
pub fn query_name(study: &Study, spec: &MergeSpec, extension: &str, now_ms: i64) -> String {
    let tables = study.tables.iter().map(|table| table.name.as_str());
    let stem = stem(tables, &study.keys.cohort_table, spec);
    dated(&stem, extension, now_ms)
}

/// The name of a saved query's file: `Women_in_midlife_20260102_030405.toml`.
pub fn saved_name(name: &str, now_ms: i64) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let name: String = name
        .trim()
        .chars()
        .take(NAMED_CHARACTERS)
        .map(plain)
        .collect();
    let stem = if name.is_empty() { "query" } else { &name };
    dated(stem, "toml", now_ms)
}

/// The tables that are taken, and the form.
fn stem<'a>(tables: impl Iterator<Item = &'a str>, cohort: &str, spec: &MergeSpec) -> String {
    let taken = &spec.selection.tables;
    let tables: Vec<&str> = tables
        .filter(|name| *name == cohort || taken.contains_key(*name))
        .collect();
    let shape = match spec.shape {
        Shape::Long => "long",
        Shape::Wide => "wide",
    };
    match tables.as_slice() {
        [] | [_] => format!("{cohort}_only"),
        few if few.len() <= NAMED_TABLES => format!("{}_{shape}", few.join("_")),
        many => format!("{}_and_{}_more_{shape}", many[0], many.len() - 1),
    }
}

fn dated(stem: &str, extension: &str, now_ms: i64) -> String {
    let when = timestamp_ms_to_datetime(now_ms);
    let when = when.map_or_else(String::new, |when| {
        when.format("_%Y%m%d_%H%M%S").to_string()
    });
    format!("{stem}{when}.{extension}")
}
