//! Cohorts, merges and their pages, as people use them.
#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

#[path = "query/cohort.rs"]
mod cohort;
#[path = "query/merge.rs"]
mod merge;
#[path = "query/model.rs"]
mod model;
#[path = "query/pages.rs"]
mod pages;
#[path = "query/parameters.rs"]
mod parameters;
#[path = "query/report.rs"]
mod report;
#[path = "query/study.rs"]
mod study;
