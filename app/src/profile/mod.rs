//! The Profile page: a table described column by column, how its numbers go together, what is missing with what.
//!
//! - `page` is the route and the choice of table and extent, which are in the address
//! - `columns`, `correlations` and `missing` show the three parts
//! - `server` is what they ask

mod columns;
mod correlations;
mod missing;
mod page;
mod server;

pub(crate) use self::page::ProfilePage;
