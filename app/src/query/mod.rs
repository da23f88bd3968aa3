//! The Query page: who, what, how many, and the merged result.
//!
//! - `page` puts the parts together; `load` has its first answers, `state` what it knows
//! - `rail` (who), `chooser` (what), `bar`, `join`, `saved`, `download`; `grid` has the rows
//! - `import` takes in a query as a file
//! - `count` and `merge` keep the answers up to date; `spec` is what is asked
//! - `sheet` and `chips` are for a phone, `plain_html` and `forms` for a browser without WASM
//! - `server` has the server functions, `dom` what is asked of the browser

mod bar;
mod chips;
mod chooser;
mod count;
mod dom;
mod download;
mod empty;
mod grid;
mod import;
mod join;
mod load;
mod merge;
mod page;
mod plain_html;
mod rail;
mod saved;
pub(crate) mod server;
mod sheet;
mod spec;
mod state;

#[cfg(feature = "ssr")]
pub mod forms;

pub(crate) use self::page::QueryPage;
