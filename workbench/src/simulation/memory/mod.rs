//! Results of runs in memory: loaded when they are asked for, kept under a budget of bytes, and gone from memory when
//! others need the room. What is on disk is never touched from here.
//!
//! - `types`: what is told of it; plain data that crosses to the browser as it is
//! - `weight`: what a result takes
//! - `item`: what is known of one result, held or not
//! - `keeper`: which results are held, and which leave first
//! - `counts`: hits, loads, how long they took, what is worth an event
//! - `report`: what is told of all that
//! - `advice`: what a person could change, out of these counts
//!
//! **Invariant.** A result that is pinned, or that somebody holds, never leaves. The budget is what is *held*: a result
//! for which there is no room is served all the same, and is gone when its last reader is.

#[cfg(feature = "engine")]
mod advice;
#[cfg(feature = "engine")]
mod counts;
#[cfg(feature = "engine")]
mod item;
#[cfg(feature = "engine")]
mod keeper;
#[cfg(feature = "engine")]
mod report;
mod types;
#[cfg(feature = "engine")]
mod weight;

pub use self::types::{MemoryItem, MemoryReport, Suggestion};
#[cfg(feature = "engine")]
pub(super) use self::{
    item::Owner,
    keeper::{Keeper, Look},
    weight::{estimate, weigh},
};

/// Bytes of results held unless the settings say otherwise: some six runs of 100,000 patients and 5 years.
#[cfg(feature = "engine")]
pub const MEMORY_BYTES: u64 = 512 << 20;
