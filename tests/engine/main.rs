//! What the engine promises, on every backend.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by panicking"
)]

mod authority;
mod backup;
mod cache;
mod callbacks;
mod clock;
mod compaction;
mod conformance;
mod errors;
mod expiry;
mod findings;
mod lifecycles;
mod limits;
mod migrate;
mod postgres;
mod protection;
mod rate_limits;
mod reading;
mod redis;
mod searching;
mod sqlite;
mod support;
mod timeouts;
mod tls;
mod trail;
mod transactions;
mod upgrades;
mod validation;
mod verification;
mod watching;
mod webhooks;
mod writing;
