//! A run as one file that travels: a ZIP with its record, its two tables, and a manifest that vouches for them.
//!
//! ```text
//! manifest.json      the run's record, and of each file its bytes and SHA-256
//! patients.parquet
//! visits.parquet
//! ```
//!
//! - `manifest`: what is in `manifest.json`
//! - `write`: a package while it is being read by somebody
//! - `archive`: a stranger's ZIP: what it claims to hold, before anything is unpacked
//! - `name`: which names its files may have
//! - `unpack`: files out of it, counted and hashed on the way
//! - `error`: what is wrong with a package
//!
//! A package is a stranger's until everything in it is checked. **Invariant.** Nothing is written but the two tables,
//! under our own names, into the folder that the caller gave; and no more than [`MAX_UNPACKED`] bytes.

mod archive;
mod error;
mod manifest;
mod name;
mod unpack;
mod write;

pub use self::{
    error::PackageError,
    manifest::{Exported, Manifest},
};
pub(super) use self::{
    unpack::{manifest, unpack},
    write::write,
};

/// Bytes of all files, unpacked.
pub const MAX_UNPACKED: u64 = 1 << 30;
/// Unpacked bytes for each packed one.
pub const MAX_RATIO: u64 = 100;
/// Files.
pub const MAX_FILES: u64 = 1000;
/// Folders around a file, and the file.
pub const MAX_DEPTH: usize = 10;
/// Bytes of the manifest.
pub const MAX_MANIFEST: u64 = 1 << 20;

/// The manifest's name.
pub(super) const MANIFEST: &str = "manifest.json";
