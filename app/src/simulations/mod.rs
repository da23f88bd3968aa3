//! The Simulations page: runs of a protocol, started, followed, found and kept.
//!
//! - `page` is the route; `place` the address, which says what is looked for and which run is open
//! - `import` takes in a run that was not made here, a file by `upload`
//! - `new` orders a run; `going` shows those that are not over, with their progress
//! - `search`, `facets` and `list` find runs (`seek` goes to another question, `saved` keeps it), `rows` shows them,
//!   `chosen` does something with several
//! - `memory` is how full the memory for results is, and what could be better
//! - `detail` is one run: what it was made of, its tags and notes; `outcomes` what came of it
//! - `server` is what they ask, `answers` (`ssr`) what they are told

#[cfg(feature = "ssr")]
mod answers;
mod chosen;
mod detail;
mod facets;
mod going;
mod import;
mod list;
mod memory;
mod new;
mod outcomes;
mod page;
mod place;
mod rows;
mod saved;
mod search;
mod seek;
mod server;
mod upload;

pub(crate) use self::page::SimulationsPage;
pub use self::saved::SavedSearch;
