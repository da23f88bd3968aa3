//! The States page: every state of this workspace, what happened to it, and the way back.
//!
//! - `page` places the two regions; `place` is the address, which says what is looked for and what is open
//! - `search` is what is looked for, `list` and `rows` what was found
//! - `detail` shows one: its transitions, its `history`, its content
//! - `compare` shows two versions side by side and rolls back; `deliveries` who was told of a version
//! - `flags`, `webhooks` and `audit` are parts of their own; `parts` leads to them
//! - `server` is what they ask, `answers` (`ssr`) what they are told

#[cfg(feature = "ssr")]
pub(crate) mod answers;
mod audit;
mod compare;
mod deliveries;
mod detail;
pub mod flags;
mod history;
mod list;
mod page;
mod parts;
mod place;
mod rows;
mod search;
mod server;
pub mod webhooks;
mod words;

#[cfg(feature = "ssr")]
pub use self::answers::shown as without_secrets;
#[cfg(feature = "ssr")]
pub use self::audit::{AuditQuestion, AuditRow, audit_rows};
#[cfg(feature = "ssr")]
pub(crate) use self::audit::{Names, newest_changes};
pub(crate) use self::page::StatesPage;
