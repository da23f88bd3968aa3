//! What researchers do with their tables. Each module's plain types compile to WASM; the work
//! behind them is the `engine` feature.

pub mod analysis;
pub mod compare;
pub mod configurations;
pub mod data;
#[cfg(feature = "engine")]
mod error;
#[cfg(feature = "engine")]
mod incoming;
#[cfg(feature = "engine")]
pub mod keeping;
mod person;
pub mod plot;
pub mod profile;
pub mod query;
pub mod simulation;
#[cfg(feature = "engine")]
pub mod statistics;
#[cfg(feature = "engine")]
pub mod storage;
#[cfg(feature = "engine")]
mod workbench;
#[cfg(feature = "engine")]
pub mod workspace;
#[cfg(feature = "engine")]
mod yielding;

pub use self::person::Person;
#[cfg(feature = "engine")]
pub use self::{
    error::Error,
    workbench::{Limits, Study, Workbench},
};
