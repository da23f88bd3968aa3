//! The server as browsers and scripts meet it: one program, so that it is linked once.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod accounts;
mod analysis;
mod backends;
mod ballista;
mod cluster;
mod commands;
mod compare;
mod configurations;
mod datasets;
mod deploy;
mod editors;
mod events;
mod flags;
mod flags_api;
mod full;
mod health;
mod helpers;
mod kinds;
mod limits;
mod live;
mod logging;
mod metrics;
mod monitor;
mod once;
mod openapi;
mod pages;
mod plots;
mod problems;
mod profile;
mod queries;
mod query;
mod released;
mod runs;
mod security;
mod sessions;
mod settings;
mod simulations;
mod states;
mod storage;
mod stores;
mod traces;
mod upload;
mod webhooks;
mod webhooks_api;
