//! The States page: every state of this workspace, what happened to it, and the way back.
//!
//! - `page` places the two regions; the address says which state is open
//! - `list` finds a state
//! - `detail` shows one: its transitions, its history, its content
//! - `compare` shows two versions side by side and rolls back
//! - `server` is what they ask

mod compare;
mod detail;
mod list;
mod page;
mod server;
mod words;

pub(crate) use self::page::StatesPage;
