//! All runs of one scope in memory, light: found, counted by facet and ordered at once, however many there are.
//!
//! - `types`: what is asked and answered; plain data that crosses to the browser as it is
//! - `words`: texts folded for comparing, and words that texts have in common kept once
//! - `catalogue`: the runs, and which fit
//! - `order`: those that fit, in order, a page of them
//!
//! This is the first of two tiers: what is told of runs is always in memory, their results only while they are read.
//! Keeping it up to date is the business of `runs::browse`.

#[cfg(feature = "engine")]
mod catalogue;
#[cfg(feature = "engine")]
mod order;
mod types;
#[cfg(feature = "engine")]
mod words;

#[cfg(feature = "engine")]
pub(super) use self::catalogue::Catalogue;
pub use self::types::{Browse, Browsed, Facet, RunRow, SortBy};
