//! The audit: who did what on this server, when and from where, and whether the log is as it was written. For whoever
//! administers it.
//!
//! - `page` places the parts; `place` is the address, which says what is looked for and which change is open
//! - `search` is what is looked for, `list` what was found, `detail` one change with its diff, `check` the chain
//! - `server` is what they ask, `answers` (`ssr`) what they are told, `reach` (`ssr`) whose changes these may be; `rows` (`ssr`) is the way out for programs

#[cfg(feature = "ssr")]
mod answers;
mod check;
mod detail;
mod list;
mod page;
mod place;
#[cfg(feature = "ssr")]
mod reach;
#[cfg(feature = "ssr")]
mod rows;
mod search;
mod server;

#[cfg(feature = "ssr")]
pub(crate) use self::answers::{Names, newest as newest_changes};
pub(super) use self::page::Audit;
#[cfg(feature = "ssr")]
pub use self::{
    rows::{AuditRow, audit_rows},
    server::Question as AuditQuestion,
};
