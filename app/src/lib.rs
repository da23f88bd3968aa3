//! Holdfast in the browser and on the server: pages, components, server functions, hybrid stores.
//!
//! - `shell` and `app`: the document, the frame, the routes
//! - `boot`: what every page knows in its first byte
//! - `stores`: browser stores and server stores, declared in one table
//! - `data`, `query`, `plot`, `states`: one folder a page, its server functions beside it
//! - `components`: parts that more than one page uses
//! - `context` (`ssr`): who is asking, and what a request may use
//! - `error`: what crosses the border between server and browser

#![recursion_limit = "256"]

mod app;
mod boot;
mod components;
mod data;
mod error;
mod plot;
mod query;
mod states;
mod stores;
mod study;

#[cfg(feature = "ssr")]
mod context;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "ssr")]
mod shell;

#[cfg(feature = "hydrate")]
pub use self::session::ensure_session;
pub use self::{
    app::App,
    boot::{Boot, Limits},
    error::AppError,
    stores::table::{TABLE, Tier},
};
#[cfg(feature = "ssr")]
pub use self::{
    context::{AppState, SessionKey, Visitor, load_boot},
    data::forms as data_forms,
    query::forms as query_forms,
    shell::{Assets, shell},
};
