//! What keeps a measurement from being made. A bar that is missed is none of these.

use std::{io, path::PathBuf, time::Duration};

/// What went wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} is not there: build the server first (make build), or name it with --program", .0.display())]
    NoProgram(PathBuf),
    #[error("{0} is missing: install the package `{1}`")]
    NoPeer(&'static str, &'static str),
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("{what} was answered with {status}: {body}")]
    Refused {
        what: String,
        status: u16,
        body: String,
    },
    #[error("no answer in {0:?}; the server's log ends with:\n{1}")]
    NotReady(Duration, String),
    #[error("`holdfast {0}` failed: {1}")]
    Command(String, String),
    #[error("{what} was answered with what was not expected: {body}")]
    Unexpected { what: String, body: String },
    #[error(
        "a process may have {has} files open here and {needs} are needed: run `ulimit -n {needs}` before (scripts/load.sh asks for as many as there may be)"
    )]
    Files { has: u64, needs: u64 },
    #[error("a connection did not end {0:?} after the measurement did")]
    Hangs(Duration),
}

/// What comes of it otherwise.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Says what was done when the system refused.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            what: what.into(),
            source,
        }
    }
}
