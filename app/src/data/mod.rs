//! The Data page: tables come in, show themselves, and meet on their keys.
//!
//! `uploads` sends files and outlives the page, so that moving around stops nothing.

mod card;
mod drop_zone;
mod keys;
mod notices;
mod page;
pub(crate) mod server;
mod uploads;

#[cfg(feature = "ssr")]
pub mod forms;

pub(crate) use self::{card::Columns, page::DataPage, uploads::provide_uploads};
