//! Holdfast in the browser and on the server: pages, components, server functions, hybrid stores.
//!
//! - `shell` and `app`: the document, the frame, the routes
//! - `boot`: what every page knows in its first byte
//! - `stores`: browser stores and server stores, declared in one table
//! - `people`: accounts and roles; `account`: their page
//! - `analysis`: a run's charts, on its page of `simulations`
//! - `data`, `query`, `plot`, `profile`, `simulations`, `compare`, `configurations`, `states`, `monitor`: one folder a page, its
//!   server functions beside it
//! - `settings`: what a person prefers, and what an operator chose
//! - `sharing`: one's own with others, and theirs with one
//! - `features`: what can be switched while it runs
//! - `components`: parts that more than one page uses
//! - `visitor` and `context` (`ssr`): who is asking; `state` (`ssr`): what a request may use
//! - `json`: the one way in from JSON
//! - `error`: what crosses the border between server and browser

#![recursion_limit = "256"]

mod account;
mod analysis;
mod app;
mod boot;
mod compare;
mod components;
mod configurations;
mod data;
mod error;
mod features;
mod json;
pub mod monitor;
pub mod people;
mod plot;
mod profile;
mod query;
mod settings;
pub mod sharing;
mod simulations;
mod states;
mod stores;
mod study;

#[cfg(feature = "ssr")]
mod context;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod state;
#[cfg(feature = "ssr")]
mod visitor;

#[cfg(feature = "ssr")]
pub use self::{
    account::{Fresh as FreshCodes, answers as account_answers, forms as account_forms},
    analysis::{
        Deed as RunDeed, Place as RunPlace, Sheet as RunSheet, SheetRow, View as RunView,
        sheets_of_run, trail_of_run,
    },
    compare::compared,
    configurations::{Desks, desk_of},
    context::{Caller, administers, load_boot, tables_of},
    data::forms as data_forms,
    features::{PARQUET_DOWNLOAD, SAVED_QUERIES, ensure_features, has_feature},
    monitor::{BackupFile, Budgets, Keep, Monitor, MonitorParts, Sampling, VitalSigns, Vitals},
    query::forms as query_forms,
    settings::{ServerTold, SettingTold, forms as settings_forms},
    shell::{Assets, shell},
    state::{AppParts, AppState},
    states::{AuditQuestion, AuditRow, audit_rows, flags, webhooks, without_secrets},
    stores::{
        table::{KEYS as KEYS_STORE, SAVED_QUERIES as SAVED_QUERIES_STORE},
        typed::{read_typed, write_seen},
    },
    visitor::{LoggedIn, SessionKey, Visitor},
};
pub use self::{
    app::App,
    boot::{Boot, Limits},
    error::AppError,
    stores::table::{TABLE, Tier},
};
#[cfg(feature = "hydrate")]
pub use self::{components::alive::take_over, session::ensure_session};
