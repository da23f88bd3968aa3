//! The Simulations page: runs of a protocol, started, followed, found and kept.
//!
//! - `page` has the routes, of the list and of a run; `place` the address, which says what is looked for and which run is open
//! - `import` takes in a run that was not made here
//! - `new` orders a run; `going` shows those that are not over, with their progress
//! - `detail` is one run: `head` says where it stands, `about` what it was made of, `words` its tags and notes,
//!   `outcomes` what came of it; its charts are `analysis`
//! - `search`, `facets` and `list` find runs (`seek` goes to another question, `saved` keeps it; `filter` holds these
//!   beside the list, or over it on a phone)
//! - `shown` is what was found, with `pages` of it at hand; `rows` scrolls through it, each a `line`, `cursor` the one that
//!   keys are on; `chosen` does something with several
//! - `memory` is how full the memory for results is, and what could be better
//! - `server` is what they ask, `answers`, `remembered` and `refused` (`ssr`) what they are told

mod about;
#[cfg(feature = "ssr")]
mod answers;
mod chosen;
mod cursor;
mod detail;
mod facets;
mod filter;
mod going;
mod head;
mod import;
mod line;
mod list;
mod memory;
mod new;
mod outcomes;
mod page;
mod pages;
mod place;
#[cfg(feature = "ssr")]
mod refused;
#[cfg(feature = "ssr")]
mod remembered;
mod rows;
mod saved;
mod search;
mod seek;
mod server;
mod shown;
mod words;

pub(crate) use self::page::{RunPage, SimulationsPage};
pub use self::saved::SavedSearch;
