//! Every way an operation can end other than well, told apart by type.
//!
//! Who can help: the caller (`Absent`, `Expired`, `Refused`, `Conflict`, `Conflicts`, `Invalid`, `TooLarge`) or
//! whoever runs the engine (`Timeout`, `Failed`).

use std::{sync::Arc, time::Duration};

use crate::{Bound, Expected, State, StateId, Status, Timestamp, Transition};

/// What a backend reports when the place behind it fails.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Why an operation did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such state in this scope, or it was deleted.
    #[error("there is no state `{id}` in this scope")]
    Absent {
        /// The state asked for.
        id: StateId,
    },
    /// The state was there and its time is over. Its history can still be read.
    #[error("the state `{id}` expired at {} ms since 1970", at.0)]
    Expired {
        /// The state asked for.
        id: StateId,
        /// When its time was over.
        at: Timestamp,
    },
    /// The lifecycle has no such step.
    #[error(
        "`{transition}` is not allowed while `{id}` is {status}; allowed: {}",
        names(allowed)
    )]
    Refused {
        /// The state asked for.
        id: StateId,
        /// Where in its lifecycle it stands.
        status: Status,
        /// What was asked.
        transition: Transition,
        /// What could be asked instead.
        allowed: Vec<Transition>,
    },
    /// Somebody else was faster: read what is there, and decide again.
    #[error(
        "`{id}` is not as the writer saw it ({expected:?}); now: {}",
        version(current.as_ref().map(|state| &***state))
    )]
    Conflict {
        /// The state asked for.
        id: StateId,
        /// What the writer expected.
        expected: Expected,
        /// What is there instead; `None`: nothing.
        current: Option<Box<Arc<State>>>,
    },
    /// A transaction was not written: others were faster. Read again what it read, and decide again.
    #[error("{} of the transaction's states are not as it saw them: {}", conflicts.len(), told(conflicts))]
    Conflicts {
        /// An [`Error::Conflict`] for each state that is not as the transaction saw it.
        conflicts: Vec<Error>,
    },
    /// The request itself is malformed.
    #[error("{path}: {problem}")]
    Invalid {
        /// Which field.
        path: String,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// More than a limit allows.
    #[error("{what} would be {size}; the setting `{}` allows {limit}", what.setting())]
    TooLarge {
        /// Which limit.
        what: Bound,
        /// How much it would be.
        size: u64,
        /// How much it may be.
        limit: u64,
    },
    /// The operation took too long. A write may still have been done: read before repeating it.
    #[error("{operation} took longer than {after:?} (setting `state.timeout`)")]
    Timeout {
        /// What was asked.
        operation: &'static str,
        /// The limit that passed.
        after: Duration,
    },
    /// The backend failed. Nothing was written, unless the source says that this is in doubt
    /// ([`RedisFault::Unsure`](crate::backend::RedisFault::Unsure)): then read before repeating it.
    #[error("{operation} failed: {source}")]
    Failed {
        /// What was asked.
        operation: &'static str,
        /// What the backend reports.
        source: Fault,
    },
}

impl Error {
    /// A conflict with what is there now.
    pub(crate) fn conflict(id: &StateId, expected: Expected, current: Option<&Arc<State>>) -> Self {
        Self::Conflict {
            id: id.clone(),
            expected,
            current: current.map(|state| Box::new(Arc::clone(state))),
        }
    }

    /// A malformed field.
    pub(crate) fn invalid(path: &str, problem: impl Into<String>) -> Self {
        Self::Invalid {
            path: path.into(),
            problem: problem.into(),
        }
    }
}

fn told(conflicts: &[Error]) -> String {
    let told: Vec<String> = conflicts.iter().map(Error::to_string).collect();
    told.join("; ")
}

fn names(transitions: &[Transition]) -> String {
    if transitions.is_empty() {
        return "nothing".into();
    }
    let names: Vec<&str> = transitions.iter().map(Transition::as_str).collect();
    names.join(", ")
}

fn version(current: Option<&State>) -> String {
    current.map_or_else(|| "absent".into(), |state| state.version.to_string())
}
