//! Configurations that several people edit.
//!
//! - `merge`: how versions of a file come together; pure, compiles to WASM
//! - `types`: what is told about files, versions, people and locks
//! - `files`: the folder the files are in
//! - `check`: whether a text fits its schema, and where it does not
//! - `samples`: protocols for an empty folder
//! - `summary`: what changed between two versions, in a line
//! - `desk`: editing together; versions, sessions, drafts and locks are states of the engine

#[cfg(feature = "engine")]
pub mod check;
#[cfg(feature = "engine")]
pub mod desk;
#[cfg(feature = "engine")]
pub mod files;
pub mod merge;
#[cfg(feature = "engine")]
mod samples;
#[cfg(feature = "engine")]
mod summary;
mod types;

pub use self::types::{
    Action, Checked, Configuration, Conflicts, Draft, Editor, Lock, Opened, Place, Problem, Room,
    SaveOutcome, Stored, Version, VersionSide,
};
