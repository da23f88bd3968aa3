//! The Compare page: several runs laid beside one another. The address alone opens the same view.
//!
//! - `page` is the route; `place` the address, which says everything that is asked
//! - `runs` shows who is compared, `chooser` finds more; `modes` is how
//! - `answer` is what came of it: `figures` and `forest` make the charts, `metrics` the table, `statistics` the tests, `export` takes
//!   them home
//! - `server` is what they ask, `answers` (`ssr`) what they are told; `clipboard` hands text to the browser

mod answer;
#[cfg(feature = "ssr")]
mod answers;
mod chooser;
mod clipboard;
mod export;
mod figures;
mod forest;
mod metrics;
mod modes;
mod numbers;
mod page;
mod place;
mod runs;
mod server;
mod statistics;

#[cfg(feature = "ssr")]
pub use self::answers::compared;
pub(crate) use self::{page::ComparePage, place::of_runs};
