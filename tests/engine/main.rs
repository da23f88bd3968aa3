//! What the engine promises, on every backend.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by panicking"
)]

mod conformance;
mod expiry;
mod lifecycles;
mod limits;
mod postgres;
mod reading;
mod redis;
mod sqlite;
mod support;
mod transactions;
mod watching;
mod writing;
