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
#[path = "query/study.rs"]
mod study;
