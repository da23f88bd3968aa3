//! Every way a backup, a restore or a move can end other than well.

use std::{io, path::PathBuf};

use super::Difference;
use crate::{Error, Revision};

/// Why states were not copied. Unless it says otherwise, nothing was written where they should go.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system reports.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{} is not a backup of this engine", path.display())]
    Foreign {
        /// Which one.
        path: PathBuf,
    },
    /// The backup was made by a newer program.
    #[error("{} has format {found}; this program reads formats up to {known}", path.display())]
    Newer {
        /// Which one.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest that is known here.
        known: u32,
    },
    /// The file is not as it was written.
    #[error("{} is damaged in lines {first} to {last}: {problem}", path.display())]
    Damaged {
        /// Which one.
        path: PathBuf,
        /// The first line that may be wrong, counted from 1.
        first: u64,
        /// The last line that may be wrong.
        last: u64,
        /// What is wrong.
        problem: String,
    },
    /// The file ends too early: it was cut, or never finished.
    #[error("{} ends after line {line}, before its end was written", path.display())]
    Truncated {
        /// Which one.
        path: PathBuf,
        /// The last whole line.
        line: u64,
    },
    /// Something is larger than any line of a backup: it could be written, and never be read back.
    #[error("{what} takes {bytes} bytes, more than a backup can hold of one thing")]
    TooLong {
        /// What it is.
        what: String,
        /// The bytes of its line.
        bytes: u64,
    },
    /// The log that was read has a gap.
    #[error("the log has no change behind revision {}", after.0)]
    Gap {
        /// The last revision before it.
        after: Revision,
    },
    /// There is something else where the states should go.
    #[error("the engine to copy into is not empty: its log stands at revision {}", revision.0)]
    Occupied {
        /// The newest revision there.
        revision: Revision,
    },
    /// Somebody else writes where the states should go. What was copied until then is there.
    #[error("somebody else writes to the engine to copy into; it no longer continues at revision {}", at.0)]
    Interfered {
        /// The change that could not be written.
        at: Revision,
    },
    /// Somebody still writes to one of the two engines of a move.
    #[error("an engine is still written to, at revision {}; stop its writers first", revision.0)]
    StillWritten {
        /// Where the log of that one stands.
        revision: Revision,
    },
    /// What was read back is not what was written. What was copied until then is there, and must not be
    /// used.
    #[error("the copy is not the same: {}", told(differences))]
    Differs {
        /// The first differences.
        differences: Vec<Difference>,
    },
    /// One of the two engines failed. What was copied until then is there.
    #[error(transparent)]
    Engine(#[from] Error),
}

fn told(differences: &[Difference]) -> String {
    let told: Vec<String> = differences.iter().map(Difference::to_string).collect();
    told.join("; ")
}
