//! Hybrid stores: one handle for preferences in the browser and critical data on the server.
//!
//! - `table` declares every store once
//! - `handle` is what a component holds: a signal that knows how to keep itself
//! - `slot` is one store at run time, without its type
//! - `status` sums up what is saved and what is not
//! - `rebase` re-applies a local change on what the server holds by now
//! - `server` has the server functions
//! - `typed` (`ssr`) reads and writes a store as a whole
//! - in the browser: `sync` writes to the server and `pause` says when it tries again, `live` hears of
//!   other tabs, `outbox` keeps what is not sent and `leave` sends it when the page goes, `preferences`
//!   writes session storage and its cookie

mod handle;
#[cfg(feature = "hydrate")]
mod leave;
#[cfg(feature = "hydrate")]
mod live;
#[cfg(feature = "hydrate")]
mod outbox;
#[cfg(any(feature = "hydrate", test))]
mod pause;
#[cfg(feature = "hydrate")]
mod preferences;
#[cfg(any(feature = "hydrate", test))]
mod rebase;
pub(crate) mod server;
mod slot;
mod status;
#[cfg(feature = "hydrate")]
mod sync;
pub(crate) mod table;
#[cfg(feature = "ssr")]
pub(crate) mod typed;
#[cfg(feature = "hydrate")]
mod voice;

pub(crate) use self::{
    handle::{Content, StoreHandle, use_browser_store, use_server_store},
    slot::{Stores, provide_stores, use_revision},
    status::{SaveStatus, use_save_summary},
};
#[cfg(feature = "hydrate")]
pub(crate) use self::{leave::leave_unasked, live::listen};

/// Starts what stores need in the browser: a voice, and an eye on the page's end.
#[cfg(feature = "hydrate")]
pub(crate) fn start(stores: &Stores, toasts: crate::components::toasts::Toasts) {
    voice::speak_through(toasts);
    leave::watch(stores);
}
