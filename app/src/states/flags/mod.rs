//! Feature flags: for whom a feature of the workbench is on.
//!
//! - `page` places list and editor, `editor` is one flag
//! - `server` is what they ask, `answers` (`ssr`) what they are told, and programs with them

#[cfg(feature = "ssr")]
mod answers;
mod editor;
mod page;
mod server;

pub(super) use self::page::Flags;
#[cfg(feature = "ssr")]
pub use self::{
    answers::{Wanted, list, one, set},
    server::{AllFlags, Flag, Rules},
};
