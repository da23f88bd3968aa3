//! What can go wrong while building the site, and who can mend it.

use std::path::PathBuf;

/// Result of a build step.
pub type Result<T> = std::result::Result<T, Error>;

/// A failed build step.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// A tool is not on this machine; `scripts/setup.sh` installs all of them.
    #[error("{tool} could not be started ({source}): run `make setup` first")]
    Missing {
        /// The tool's name.
        tool: String,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// A tool ran and refused; its own output stands above this message.
    #[error("{tool} failed ({status}); its message is above")]
    Tool {
        /// The tool's name.
        tool: String,
        /// Its exit status.
        status: std::process::ExitStatus,
    },
    /// A library step refused its input.
    #[error("{step}: {problem}")]
    Step {
        /// The step's name.
        step: &'static str,
        /// What the library said.
        problem: String,
    },
    /// The first load is heavier than a visitor should wait for.
    #[error(
        "the first load is {actual} bytes in brotli, {} over the budget of {budget}: move code behind a lazy route or drop a dependency",
        actual - budget
    )]
    Budget {
        /// Measured size.
        actual: u64,
        /// Allowed size.
        budget: u64,
    },
}

impl Error {
    /// For `map_err` on file operations: says what was tried on which path.
    pub fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    /// A refusal by a library, with all that it says.
    pub fn step(step: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Step {
            step,
            problem: format!("{problem:#}"),
        }
    }
}
