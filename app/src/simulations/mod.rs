//! The Simulations page: runs of a protocol, started, followed, found and kept.
//!
//! - `page` is the route; `place` the address, which says what is looked for and which run is open
//! - `import` takes in a run that was not made here
//! - `new` orders a run; `going` shows those that are not over, with their progress
//! - `detail` is one run: `head` says where it stands, `about` what it was made of, `words` its tags and notes,
//!   `outcomes` what came of it; its charts are `analysis`
//! - `search`, `facets` and `list` find runs (`seek` goes to another question, `saved` keeps it), `rows` shows them,
//!   `chosen` does something with several
//! - `memory` is how full the memory for results is, and what could be better
//! - `server` is what they ask, `answers` (`ssr`) what they are told

mod about;
#[cfg(feature = "ssr")]
mod answers;
mod chosen;
mod detail;
mod facets;
mod going;
mod head;
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
mod words;

pub(crate) use self::page::SimulationsPage;
pub use self::saved::SavedSearch;
