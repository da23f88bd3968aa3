//! All runs of one scope in memory, light: found, counted by facet and ordered at once, however many there are.
//!
//! - `types`: what is asked and answered; plain data that crosses to the browser as it is
//! - `catalogue`: the runs, and which fit; `order`: those that fit, in order, a page of them
//! - `facts`: what runs share: `shared` has values, `words` long texts, `holders` the runs that have one
//! - `own`: what is of one run only, in one text
//!
//! This is the first of two tiers: what is told of runs is always in memory, their results only while they are read.
//! Keeping it up to date is the business of `runs::browse`.

#[cfg(feature = "engine")]
mod catalogue;
#[cfg(feature = "engine")]
mod facts;
#[cfg(feature = "engine")]
mod holders;
#[cfg(feature = "engine")]
mod order;
#[cfg(feature = "engine")]
mod own;
#[cfg(feature = "engine")]
mod shared;
mod types;
#[cfg(feature = "engine")]
mod words;

#[cfg(feature = "engine")]
pub(super) use self::catalogue::Catalogue;
pub use self::types::{Browse, Browsed, Facet, RunRow, SortBy};
