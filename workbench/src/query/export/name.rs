//! What a download is called.

use arrow::temporal_conversions::timestamp_ms_to_datetime;

use crate::query::{ExportFormat, ResultInfo, Shape};

/// Tables named in a file's name before the rest is counted.
const NAMED_TABLES: usize = 3;

/// A download's name: `demographics_labs_exams_long_20260102_030405.csv`; the cohort table alone is
/// `demographics_only_...`, more than three tables are `demographics_and_3_more_...`.
pub fn export_name(result: &ResultInfo, format: ExportFormat, now_ms: i64) -> String {
    let taken = &result.spec.selection.tables;
    let tables: Vec<&str> = result
        .provenance
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| *name == result.keys.cohort_table || taken.contains_key(*name))
        .collect();
    let shape = match result.spec.shape {
        Shape::Long => "long",
        Shape::Wide => "wide",
    };
    let what = match tables.as_slice() {
        [] | [_] => format!("{}_only", result.keys.cohort_table),
        few if few.len() <= NAMED_TABLES => format!("{}_{shape}", few.join("_")),
        many => format!("{}_and_{}_more_{shape}", many[0], many.len() - 1),
    };
    let when = timestamp_ms_to_datetime(now_ms);
    let when = when.map_or_else(String::new, |when| {
        when.format("_%Y%m%d_%H%M%S").to_string()
    });
    let extension = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Parquet => "parquet",
    };
    format!("{what}{when}.{extension}")
}
