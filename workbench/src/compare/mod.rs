//! Runs laid beside one another: curves over time, a table of measures, tests.
//!
//! - `question` and `types`: what is asked and answered; plain data that crosses to the browser as it is
//! - `sheet`: an answer as rows of text, to be copied or kept
//! - `rows`: where a run's tables come from: its files, or memory
//! - `span`: when a run is, and the places in time at which it is looked at
//! - `lives`: one patient after another, with their visits
//! - `ends`: what came of a run's patients; `curve`: how they fared over time; `median`: the middle of many values
//! - `metrics`: the table; `pairs`: the tests; `words`: what both mean
//! - `notes`: what is missing, or does not match
//! - `ask`: the whole answer; `find`: of somebody's runs, by their ids
//!
//! **Invariant.** A run's numbers are made of its own tables and the question alone (`ends`, `curve`): what else is shown
//! cannot change them. Only differences know two runs, and only Holm's correction knows all.

#[cfg(feature = "engine")]
mod ask;
#[cfg(feature = "engine")]
mod curve;
#[cfg(feature = "engine")]
mod ends;
#[cfg(feature = "engine")]
mod find;
#[cfg(feature = "engine")]
mod lives;
#[cfg(feature = "engine")]
mod median;
#[cfg(feature = "engine")]
mod metrics;
#[cfg(feature = "engine")]
mod notes;
#[cfg(feature = "engine")]
mod pairs;
mod question;
#[cfg(feature = "engine")]
mod rows;
mod sheet;
#[cfg(feature = "engine")]
mod span;
mod types;
#[cfg(feature = "engine")]
mod words;

#[cfg(feature = "engine")]
pub use self::{ask::Side, rows::Rows};
pub use self::{
    question::{Centre, Measure, Mode, Population, RUNS, Request, Time},
    sheet::{Sheet, separated, sheet},
    types::{
        Comparison, Curves, Difference, Gap, Metric, Note, NoteKind, Outcome, Pair, Point, Shown,
        Test, TestKind, Value, Verdict,
    },
};
