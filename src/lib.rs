//! **Holdfast**: a state engine. A *state* is JSON with a version, a lifecycle, a scope and a history;
//! every change of every state is one record in one append-only log.
//!
//! ```
//! # #[cfg(feature = "engine")]
//! # async fn example() -> Result<(), holdfast::Error> {
//! use std::sync::Arc;
//! use holdfast::{Actor, Expected, New, Scope, StateManager, Update, backend::Memory};
//! use serde_json::json;
//!
//! let states = StateManager::builder(Arc::new(Memory::new())).build();
//! let (scope, ada) = (Scope::User("ada".into()), Actor { name: "user:ada".into(), client: None });
//!
//! let theme = states.put(New::store("theme", scope.clone(), json!({"dark": true})), Expected::Absent, &ada).await?;
//! states.update(&scope, &theme.id, Update::Merge(json!({"size": 14})), Expected::Version(theme.version), &ada).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # The tour
//! | module | owns |
//! |---|---|
//! | `state` | what a state is: plain types, for WASM too |
//! | [`lifecycle`] | how a state may change: a table from (status, transition) to status |
//! | [`manager`] | [`StateManager`]: the one door; reads, guarded writes, expiry |
//! | [`transaction`] | many writes, all or nothing, at one place in the log |
//! | [`log`] | how the one record of what happened is read, page by page |
//! | [`watch`] | the log as a stream that can be resumed anywhere |
//! | [`validate`] and [`limits`] | what is well formed, and how much of it is too much |
//! | [`backend`] | where states are kept: one small trait, memory, SQLite, PostgreSQL, Redis, and the suite that each must pass |
//! | [`clock`] | time and new ids, as parameters |
//! | [`metrics`] | counters of what was done and refused |
//! | [`error`] | every way an operation can end other than well |
//!
//! Without the feature `engine` only `state` and `lifecycle` are there, and they compile to WASM.

pub mod lifecycle;
mod state;

#[cfg(feature = "engine")]
pub mod backend;
#[cfg(feature = "engine")]
pub mod clock;
#[cfg(feature = "engine")]
pub mod error;
#[cfg(feature = "engine")]
pub mod limits;
#[cfg(feature = "engine")]
pub mod log;
#[cfg(feature = "engine")]
pub mod manager;
#[cfg(feature = "engine")]
pub mod metrics;
#[cfg(feature = "engine")]
mod patch;
#[cfg(feature = "engine")]
pub mod transaction;
#[cfg(feature = "engine")]
pub mod validate;
#[cfg(feature = "engine")]
pub mod watch;

pub use lifecycle::Lifecycle;
pub use state::{
    Actor, Change, Expected, Kind, Revision, Scope, State, StateId, Status, Timestamp, Transition,
    Update, Version,
};

#[cfg(feature = "engine")]
pub use {
    clock::{Clock, Ids, ManualClock, SystemClock, UuidV7},
    error::Error,
    limits::{Bound, Limits},
    log::HistoryQuery,
    manager::{Builder, New, StateManager, Sweeper, Ttl},
    transaction::Transaction,
};
