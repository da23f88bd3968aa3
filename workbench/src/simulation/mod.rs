//! Simulations of treatment.
//!
//! - `protocol`: what is to be simulated, read strictly from YAML

pub mod protocol;
