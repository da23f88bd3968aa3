//! Plots of a merged result: what is drawn, and the statistics beside it.
//!
//! Plain types for everyone; drawing and selecting are the `engine` feature. The numbers come
//! from [`crate::statistics`]; pixels, colours and axes' labels are the browser's.

#[cfg(feature = "engine")]
mod columns;
#[cfg(feature = "engine")]
mod density;
#[cfg(feature = "engine")]
mod draw;
#[cfg(feature = "engine")]
mod facets;
#[cfg(feature = "engine")]
mod frame;
#[cfg(feature = "engine")]
mod groups;
#[cfg(feature = "engine")]
mod histogram;
#[cfg(feature = "engine")]
mod region;
#[cfg(feature = "engine")]
mod roles;
#[cfg(feature = "engine")]
mod sampling;
#[cfg(feature = "engine")]
mod scale;
#[cfg(feature = "engine")]
mod scatter;
#[cfg(feature = "engine")]
mod select;
mod types;
#[cfg(feature = "engine")]
mod words;

pub use types::*;
