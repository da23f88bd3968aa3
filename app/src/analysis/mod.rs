//! The Analysis part of a run's page: what came of it, in charts that are counted on the server over all patients.
//!
//! - `place` is what the address says: which view, and how it is looked at; the last one is remembered
//! - `tabs` are the ways between views, `options` what a view can be asked; `charts` shows what was answered
//! - `trail` is what people did to the run
//! - `server` is what they ask, `answers` (`ssr`) what they are told, `figures` (`ssr`) counts made into charts
//! - `sheets` (`ssr`) is all of it for programs

#[cfg(feature = "ssr")]
mod answers;
mod charts;
#[cfg(feature = "ssr")]
mod figures;
mod options;
mod place;
mod server;
#[cfg(feature = "ssr")]
mod sheets;
mod tabs;
mod trail;

pub use self::place::{Place, View};
pub(crate) use self::{charts::Charts, place::use_place, tabs::Tabs, trail::Trail};
#[cfg(feature = "ssr")]
pub use self::{
    server::Deed,
    sheets::{Sheet, SheetRow, sheets_of_run, trail_of_run},
};
