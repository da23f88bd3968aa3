//! Sharing: something of one's own with a person of the tenant, or with all of them; and what others share with one.
//!
//! - `thing`: what is shared, with whom
//! - `panel`: the Share button of a page, and the dialog behind it
//! - `queries`, `data`, `runs`: what others share, on the page where it belongs
//! - `heard`: that something was shared or taken back, as it happens
//! - `server` is what pages ask, `answers` (`ssr`) what they and programs are told
//! - `items` (`ssr`): what is shared, read where its owner keeps it; `lenders` tells the runs
//!
//! Who may share is the table of roles; what a share is and whether it still counts is `people::shares`.

mod data;
mod heard;
mod panel;
mod queries;
mod runs;
mod server;
mod thing;

#[cfg(feature = "ssr")]
pub mod answers;
#[cfg(feature = "ssr")]
mod items;
#[cfg(feature = "ssr")]
mod lenders;

#[cfg(feature = "ssr")]
pub(crate) use self::answers::mark_of_run;
#[cfg(feature = "hydrate")]
pub(crate) use self::heard::SharesHeard;
#[cfg(feature = "ssr")]
pub use self::items::{Item, result_to_read, results_of_others};
#[cfg(feature = "ssr")]
pub use self::lenders::Colleagues;
pub(crate) use self::{
    data::SharedData,
    heard::{provide_shares, use_shares},
    panel::Share,
    queries::SharedQueries,
    runs::{Owner, SharedRuns},
};
pub use self::{
    server::{Mark, PersonRow},
    thing::{Thing, With},
};
