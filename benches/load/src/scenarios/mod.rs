//! What is measured: one file each, with what it asks, of how much, and what must come of it.

pub mod beside;
pub mod list;
pub mod live;
pub mod page;
pub mod reads;
pub mod search;
pub mod servers;
pub mod soak;
pub mod start;
pub mod writes;
