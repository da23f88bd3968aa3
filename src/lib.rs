//! **Holdfast**: a state engine. A *state* is JSON with a version, a lifecycle, a scope and a history;
//! every change of every state is one record in one append-only log.
//!
//! # Five minutes to a state machine with a history
//! In a new program (`cargo new parcels`), with the engine from a checkout beside it:
//!
//! ```text
//! cargo add holdfast --path ../holdfast --features engine
//! cargo add tokio --features macros,rt-multi-thread
//! cargo add serde_json
//! ```
//!
//! A parcel is packed, sent, and delivered or lost; nothing else. That is its lifecycle, a table. What is
//! not in the table is refused, with what would be allowed; what is in it happens once, however many try.
//!
//! ```
//! # #[cfg(not(feature = "engine"))]
//! # fn main() {}
//! # #[cfg(feature = "engine")]
//! use std::sync::Arc;
//!
//! # #[cfg(feature = "engine")]
//! use holdfast::{
//!     Actor, Error, Expected, HistoryQuery, Kind, Lifecycle, New, Scope, StateManager, Status,
//!     Transition, Update, Version, backend::Sqlite,
//! };
//! # #[cfg(feature = "engine")]
//! use serde_json::json;
//!
//! # #[cfg(feature = "engine")]
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! #   let folder = tempfile::tempdir()?;
//! #   std::env::set_current_dir(&folder)?;
//!     // 1. What a parcel is.
//!     let (parcel, send) = (Kind::new("parcel"), Transition::new("send"));
//!     let (packed, sent) = (Status::new("packed"), Status::new("sent"));
//!     let lifecycle = Lifecycle::starting(packed.clone())
//!         .step(send.clone(), [packed.clone()], sent.clone())
//!         .step(Transition::new("deliver"), [sent.clone()], Status::new("delivered"))
//!         .step(Transition::new("lose"), [sent], Status::new("lost"))
//!         .update([packed]);
//!
//!     // 2. An engine on a file: what it acknowledges survives a power cut. `Memory`, `Postgres` and
//!     //    `Redis` are the same to everything below.
//!     let backend = Arc::new(Sqlite::open("parcels.db").await?);
//!     let states = StateManager::builder(backend).lifecycle(parcel.clone(), lifecycle).open().await?;
//!
//!     // 3. Whose it is, and who does something.
//!     let shop = Scope::Tenant("shop".into());
//!     let ada = Actor::new("user:ada");
//!
//!     // 4. It comes to be, changes, and moves on. Who names the version she saw overwrites nobody.
//!     let data = json!({"to": "Köln", "grams": 800});
//!     let first = states.register(New::of(parcel, "books", shop.clone(), data), &ada).await?;
//!     let heavier = Update::Merge(json!({"grams": 950}));
//!     let seen = Expected::Version(first.version);
//!     states.update(&shop, &first.id, heavier.clone(), seen, &ada).await?;
//!     let late = states.update(&shop, &first.id, heavier, seen, &ada).await;
//!     assert!(matches!(late, Err(Error::Conflict { .. })), "version 1 is no more");
//!     let sent = states.transition(&shop, &first.id, send.clone(), Expected::Any, &ada).await?;
//!     assert_eq!((sent.status.as_str(), sent.version), ("sent", Version(3)));
//!
//!     // 5. What is not in the table is refused, and the refusal says what is.
//!     let again = states.transition(&shop, &first.id, send, Expected::Any, &ada).await;
//!     let Err(Error::Refused { allowed, .. }) = again else { panic!("it was sent already") };
//!     assert_eq!(allowed.iter().map(Transition::as_str).collect::<Vec<_>>(), ["deliver", "lose", "delete"]);
//!
//!     // 6. Who did what, when, from what to what: nothing of it is ever written over.
//!     let history = states.history(&shop, &first.id, HistoryQuery::default()).await?;
//!     for change in history.iter().rev() {
//!         println!("{} {} by {}: {}", change.after.version, change.transition, change.actor.name, change.diff()?);
//!     }
//!     let steps: Vec<&str> = history.iter().rev().map(|change| change.transition.as_str()).collect();
//!     assert_eq!(steps, ["create", "update", "send"]);
//!     assert!(states.verify().await?.findings.is_empty(), "and it can be shown that nobody did");
//!     Ok(())
//! }
//! ```
//!
//! From here: many states in one step ([`transaction`]), found by their fields ([`search`]), followed live
//! ([`watch`]) or by somebody else's server ([`callbacks::webhooks`]), checked ([`validate`]), sealed
//! ([`backend::Sealed`]) and moved to another backend ([`migrate`]). The folder `examples/` has flows that people
//! know: a user's life, a payment, a subscription, a flag, a transfer.
//!
//! # The tour
//! | module | owns |
//! |---|---|
//! | `state` | what a state is: plain types, for WASM too |
//! | [`lifecycle`] | how a state may change: a table from (status, transition) to status |
//! | [`manager`] | [`StateManager`]: the one door; reads, guarded writes, expiry |
//! | [`transaction`] | many writes, all or nothing, at one place in the log |
//! | [`log`] | how the one record of what happened is read, page by page |
//! | [`trail`] | the audit: who did what, when and from where, over all scopes, the newest first |
//! | [`search`] | filters, words, orders and pages: how states are found |
//! | [`feature`] | feature flags: for whom a feature is on |
//! | [`verify`] | whether the log is as it was written: each version is chained to the one before |
//! | [`watch`] | the log as a stream that can be resumed anywhere, of what an [`Interest`] names |
//! | [`callbacks`] | subscribers that handle changes at least once, in order; webhooks |
//! | [`validate`] and [`limits`] | what is well formed and what a kind asks of its states; how much and how often is too much |
//! | [`authority`] | who may write what: whoever builds the engine says, and the engine holds every write against it |
//! | [`schema`] | what shape the data of a kind has, and how older data comes into today's |
//! | [`backend`] | where states are kept: one small trait, memory, SQLite, PostgreSQL, Redis, a cache or a seal in front of any, and the suite that each must pass |
//! | [`compaction`] | how old versions lose their content, and the proof of the log does not |
//! | [`backup`] | all of it in one file while everybody writes, and back |
//! | [`migrate`] | from one backend to another, compared on both sides |
//! | [`copy`] | what these two share: a log written elsewhere as it was |
//! | [`clock`] | time and new ids, as parameters |
//! | [`metrics`] | counters of what was done and refused |
//! | [`error`] | every way an operation can end other than well |
//!
//! Without the feature `engine` only what says what a state, a change and a lifecycle are is there, and it compiles to WASM.

mod day;
mod digest;
mod interest;
pub mod lifecycle;
mod removed;
mod state;

#[cfg(feature = "engine")]
pub mod authority;
#[cfg(feature = "engine")]
pub mod backend;
#[cfg(feature = "engine")]
pub mod backup;
#[cfg(feature = "engine")]
pub mod callbacks;
#[cfg(feature = "engine")]
pub mod clock;
#[cfg(feature = "engine")]
pub mod compaction;
#[cfg(feature = "engine")]
pub mod copy;
#[cfg(feature = "engine")]
pub mod error;
#[cfg(feature = "engine")]
pub mod feature;
#[cfg(feature = "engine")]
mod hash;
#[cfg(feature = "engine")]
pub mod limits;
#[cfg(feature = "engine")]
pub mod log;
#[cfg(feature = "engine")]
pub mod manager;
#[cfg(feature = "engine")]
pub mod metrics;
#[cfg(feature = "engine")]
pub mod migrate;
#[cfg(feature = "engine")]
mod moment;
#[cfg(feature = "engine")]
mod notes;
#[cfg(feature = "engine")]
mod patch;
#[cfg(feature = "engine")]
pub mod schema;
#[cfg(feature = "engine")]
pub mod search;
#[cfg(feature = "engine")]
mod text;
#[cfg(feature = "engine")]
pub mod trail;
#[cfg(feature = "engine")]
pub mod transaction;
#[cfg(feature = "engine")]
pub mod validate;
#[cfg(feature = "engine")]
pub mod verify;
#[cfg(feature = "engine")]
pub mod watch;

pub use digest::Digest;
pub use interest::Interest;
pub use lifecycle::Lifecycle;
pub use removed::Removed;
pub use state::{
    Actor, Change, Expected, Kind, Revision, Scope, State, StateId, Status, Timestamp, Transition,
    Update, Version,
};

#[cfg(feature = "engine")]
pub use {
    authority::{Authority, Deed, Powers},
    clock::{Clock, Ids, ManualClock, SystemClock, UuidV7},
    compaction::{Compaction, Keep},
    copy::{CopyError, Progress},
    error::{Error, Problem},
    limits::{Bound, Limits},
    log::HistoryQuery,
    manager::{Builder, New, StateManager, Sweeper, Ttl},
    migrate::Migration,
    moment::Moment,
    search::Query,
    transaction::Transaction,
};
