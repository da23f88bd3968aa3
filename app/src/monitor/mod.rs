//! The Monitor: how this server fares, now and in the last day, for whoever administers it.
//!
//! - `page` places the parts: `head`, `tiles`, `chart`, `memory`, `feed`, `advice`, `operations`, `backups`
//! - `server` is what they ask, `answers` (`ssr`) what they are told, with `figures` and `rows` of the page, and `draw` (lines
//!   as SVG paths)
//! - `reading` (`ssr`) is the same in numbers, also for programs, with `suggest`
//! - `book` (`ssr`) keeps samples of the last hour and day, `sample` is one; `keep` makes and checks backups,
//!   `turn` is whose turn that is; `vitals` is what only the program around knows
//!
//! Everything is counted by the engine and the server anyway. Nothing here is asked for by anybody else.

mod advice;
#[cfg(feature = "ssr")]
mod answers;
mod backups;
#[cfg(feature = "ssr")]
mod book;
mod chart;
#[cfg(feature = "ssr")]
mod draw;
mod feed;
#[cfg(feature = "ssr")]
mod figures;
mod head;
#[cfg(feature = "ssr")]
mod keep;
mod memory;
mod operations;
mod page;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod rows;
#[cfg(feature = "ssr")]
mod sample;
mod server;
#[cfg(feature = "ssr")]
mod suggest;
mod tiles;
#[cfg(feature = "ssr")]
mod turn;
#[cfg(feature = "ssr")]
mod vitals;

pub(crate) use self::page::MonitorPage;
#[cfg(feature = "ssr")]
pub use self::{
    book::{Monitor, MonitorParts, Sampling},
    keep::{BackupFile, Keep},
    reading::{Reading, read},
    sample::{Sample, Totals},
    server::{Action, Sign, Suggestion},
    vitals::{Budgets, VitalSigns, Vitals},
};
