//! A query as a file. Reads no data: a filter is written down whether or not it applies.

use std::collections::BTreeMap;

use arrow::temporal_conversions::timestamp_ms_to_datetime;
use serde::Serialize;

use super::{CATEGORIES, DATES, FORMAT_VERSION, RANGE, TEXT};
use crate::{
    Error,
    data::Day,
    query::{CardRule, FilterCard, MergeSpec, Range, Shape},
};

/// The file of a query, with what its owner noted about it.
///
/// # Errors
/// None that a query of plain values could cause.
pub fn parameters_file(spec: &MergeSpec, notes: &str, now_ms: i64) -> Result<String, Error> {
    let filters = &spec.filters;
    let file = File {
        metadata: Metadata {
            format_version: FORMAT_VERSION,
            app_version: env!("CARGO_PKG_VERSION"),
            export_timestamp: timestamp(now_ms),
            user_notes: notes,
        },
        cohort_filters: Cohort {
            age_range: filters.age.map(ends),
            sites: &filters.sites,
            sessions: &filters.visits,
            sex: &filters.sex,
        },
        phenotypic_filters: filters.cards.iter().map(Card::of).collect(),
        export_selection: Taken {
            selected_tables: spec.selection.tables.keys().map(String::as_str).collect(),
            enwiden_longitudinal: spec.shape == Shape::Wide,
            consolidate_baseline: spec.consolidate_baseline,
            selected_columns: &spec.selection.tables,
        },
    };
    toml::to_string(&file).map_err(|error| Error::Internal(error.to_string()))
}

/// `2026-01-02T03:04:05Z`.
pub(in crate::query) fn timestamp(ms: i64) -> String {
    timestamp_ms_to_datetime(ms).map_or_else(String::new, |when| {
        when.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    })
}

fn ends(range: Range) -> [f64; 2] {
    [
        range.min.unwrap_or(f64::NEG_INFINITY),
        range.max.unwrap_or(f64::INFINITY),
    ]
}

#[derive(Serialize)]
struct File<'a> {
    metadata: Metadata<'a>,
    cohort_filters: Cohort<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    phenotypic_filters: Vec<Card<'a>>,
    export_selection: Taken<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    format_version: &'static str,
    app_version: &'static str,
    export_timestamp: String,
    user_notes: &'a str,
}

#[derive(Serialize)]
struct Cohort<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    age_range: Option<[f64; 2]>,
    sites: &'a [String],
    sessions: &'a [String],
    sex: &'a [String],
}

#[derive(Default, Serialize)]
struct Card<'a> {
    table: &'a str,
    column: &'a str,
    filter_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_val: Option<End>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_val: Option<End>,
    #[serde(skip_serializing_if = "str::is_empty")]
    contains: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    without: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected_values: Option<&'a [String]>,
    enabled: bool,
}

/// An end of a card's range.
#[derive(Serialize)]
#[serde(untagged)]
enum End {
    Number(f64),
    Day(Day),
}

impl<'a> Card<'a> {
    fn of(card: &'a FilterCard) -> Self {
        let rule = match &card.rule {
            CardRule::Range(range) => Self {
                filter_type: RANGE,
                min_val: range.min.map(End::Number),
                max_val: range.max.map(End::Number),
                ..Self::default()
            },
            CardRule::Dates(dates) => Self {
                filter_type: DATES,
                min_val: dates.from.map(End::Day),
                max_val: dates.to.map(End::Day),
                ..Self::default()
            },
            CardRule::Text(text) => Self {
                filter_type: TEXT,
                contains: &text.contains,
                without: &text.without,
                ..Self::default()
            },
            CardRule::Categories { values } => Self {
                filter_type: CATEGORIES,
                selected_values: Some(values.as_slice()),
                ..Self::default()
            },
        };
        Self {
            table: &card.table,
            column: &card.column,
            enabled: card.enabled,
            ..rule
        }
    }
}

#[derive(Serialize)]
struct Taken<'a> {
    selected_tables: Vec<&'a str>,
    enwiden_longitudinal: bool,
    consolidate_baseline: bool,
    selected_columns: &'a BTreeMap<String, Vec<String>>,
}
