//! Webhooks: other people's servers that are told of this workspace's changes; what was sent to them, and
//! sending it again.
//!
//! - `page` places list and detail, `list` and `form` and `detail` are those
//! - `sent` shows attempts and what was given up
//! - `server` is what they ask, `answers` and `fared` (`ssr`) what they are told, and programs with them

#[cfg(feature = "ssr")]
pub(super) mod answers;
mod detail;
#[cfg(feature = "ssr")]
mod fared;
mod form;
mod list;
mod page;
mod sent;
pub(super) mod server;

pub(super) use self::page::Webhooks;
#[cfg(feature = "ssr")]
pub use self::{
    answers::{change, create, list, one, replay, retire, rotate, settle},
    server::{Hook, Hooks, Made, Told},
};
