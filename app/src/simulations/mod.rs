//! The Simulations page: runs of a protocol, started, followed, found and kept.
//!
//! - `page` is the route; `place` the address, which says what is looked for and which run is open
//! - `new` orders a run; `going` shows those that are not over, with their progress
//! - `search` and `list` find runs, `rows` shows them, `chosen` does something with several
//! - `detail` is one run: `head` says where it stands, `about` what it was made of, `words` its tags and notes,
//!   `outcomes` what came of it; its charts are `analysis`
//! - `server` is what they ask, `answers` (`ssr`) what they are told

mod about;
#[cfg(feature = "ssr")]
mod answers;
mod chosen;
mod detail;
mod going;
mod head;
mod list;
mod new;
mod outcomes;
mod page;
mod place;
mod rows;
mod search;
mod server;
mod words;

pub(crate) use self::page::SimulationsPage;
