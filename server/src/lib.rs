//! The binary `holdfast`, as a library that the tests share: settings, sessions, routes, live events.
//!
//! | module | owns |
//! |---|---|
//! | [`settings`] | what an operator can choose, one small struct an area |
//! | [`application`] | putting everything together, running it, ending it |
//! | [`commands`] | what the program does besides serving: import, query, run, compare, states, accounts, backup, restore, move |
//! | [`sessions`] | one session per browser: the cookie, what is kept of it, the door that opens it |
//! | `api` | every route that is not a page: files in and out, plain forms, events, health |
//! | `web` | what surrounds the routes: pages, static files, headers, refusals |
//! | [`error`] | why the server does not start |
//!
//! What a person sees and every server function belong to the crate `app`; states to `holdfast`;
//! tables and queries to `workbench`.

#![recursion_limit = "256"]

mod api;
pub mod application;
pub mod commands;
pub mod error;
mod logging;
pub mod sessions;
pub mod settings;
mod traces;
mod web;

pub use self::{
    api::{description, metrics_table},
    application::Application,
    error::Error,
    logging::start_logging,
    settings::Settings,
    traces::Traces,
};
