//! Every way an operation can end other than well, told apart by type.
//!
//! Who can help: the caller (`Absent`, `Expired`, `Removed`, `Refused`, `Conflict`, `Conflicts`, `Invalid`, `Violations`,
//! `Forbidden`, `TooLarge`, `RateLimited`) or
//! whoever runs the engine (`TooNew`, `NotUpgraded`, `Timeout`, `Failed`).

mod outage;
mod shown;

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    Bound, Expected, Kind, Removed, State, StateId, Status, Timestamp, Transition, Version,
    limits::Access,
};

/// What a backend reports when the place behind it fails.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Why an operation did not do what was asked. There may be more ways one day: a `match` outside of this crate says what it
/// makes of those that it does not know. `Debug` shows of a state in it which one it is, and never its data.
#[derive(thiserror::Error)]
#[non_exhaustive]
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
    /// A policy has removed the content of this version. Who wrote it when, and what was done, is in
    /// the history.
    #[error("`{id}` cannot be shown as it was at {version}: {removed}")]
    Removed {
        /// The state asked for.
        id: StateId,
        /// Which of its versions.
        version: Version,
        /// When, and by which policy.
        removed: Arc<Removed>,
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
    /// The state would break the rules of its kind: its schema, or a guard. Nothing was written.
    #[error("`{id}` would not be valid: {}", listed(problems))]
    Violations {
        /// The state asked for.
        id: StateId,
        /// Everything that is wrong with it; never empty.
        problems: Vec<Problem>,
    },
    /// The actor may not do this. Nothing was written.
    #[error("{actor} may not write `{id}`: {why}")]
    Forbidden {
        /// The state asked for.
        id: StateId,
        /// Who asked.
        actor: String,
        /// Why not, in words for the person.
        why: String,
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
    /// The scope asks too often. Nothing was done.
    #[error("too many {what} in this scope (setting `{}`); try again in {retry_after:?}", what.setting())]
    RateLimited {
        /// Of what there were too many.
        what: Access,
        /// When the next one may pass, if nobody else of the scope asks meanwhile.
        retry_after: Duration,
    },
    /// A newer program wrote this: start that one, or restore a backup from before it.
    #[error("there is data of kind `{kind}` in schema version {found}; this program knows {known}")]
    TooNew {
        /// Which kind.
        kind: Kind,
        /// The version that was written.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// What is stored could not be brought into today's shape. It is as it was.
    #[error("`{id}` cannot be brought from schema version {from} to the next: {source}")]
    NotUpgraded {
        /// The state asked for.
        id: StateId,
        /// The version whose upcaster failed.
        from: u32,
        /// What it reports.
        source: Fault,
    },
    /// The operation took too long. A write may still have been done: read before repeating it.
    #[error("{operation} took longer than {after:?} (setting `state.timeout`)")]
    Timeout {
        /// What was asked.
        operation: &'static str,
        /// The limit that passed.
        after: Duration,
    },
    /// The backend failed. Nothing was written, unless that [`is_in_doubt`](Self::is_in_doubt): then read before repeating
    /// it. [`is_full`](Self::is_full) and [`is_away`](Self::is_away) tell what passes by itself, or once somebody has helped.
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

    /// Refuses a version whose content is gone.
    pub(crate) fn unless_removed(state: &State) -> Result<(), Self> {
        let Some(removed) = &state.removed else {
            return Ok(());
        };
        Err(Self::Removed {
            id: state.id.clone(),
            version: state.version,
            removed: Arc::clone(removed),
        })
    }

    /// A malformed field.
    pub(crate) fn invalid(path: &str, problem: impl Into<String>) -> Self {
        Self::Invalid {
            path: path.into(),
            problem: problem.into(),
        }
    }

    /// What is wrong with which field: of a malformed request one, of a state that breaks the rules
    /// of its kind every one, of anything else none.
    pub fn problems(&self) -> Vec<Problem> {
        match self {
            Self::Invalid { path, problem } => vec![Problem::new(path, problem)],
            Self::Violations { problems, .. } => problems.clone(),
            _ => Vec::new(),
        }
    }
}

/// What is wrong with one field of a state.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// Which field: `name`, or `data` with a JSON Pointer (RFC 6901) behind it, `data/cards/0/number`.
    pub path: String,
    /// What is wrong with it, and what would be right. It never repeats the value.
    pub problem: String,
}

impl Problem {
    /// A problem with the field at `path`.
    pub fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}

fn listed(problems: &[Problem]) -> String {
    let listed: Vec<String> = problems.iter().map(Problem::to_string).collect();
    listed.join("; ")
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
