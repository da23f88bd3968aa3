//! What a log may show of an error: which way it is, and everything but what a state holds.

use std::{fmt, sync::Arc};

use super::Error;
use crate::{Scope, State, StateId};

/// The state that a conflict is with. Its data may be anybody's secret.
struct Outline<'a>(&'a Arc<State>);

impl fmt::Debug for Outline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("id", &self.0.id)
            .field("version", &self.0.version)
            .field("status", &self.0.status)
            .finish_non_exhaustive()
    }
}

/// Each way as `derive` would show it, but for the one that holds a state.
macro_rules! shown {
    ($error:ident, $f:ident; $($way:ident { $($field:ident),+ })+) => {
        match $error {
            Error::Conflict { id, expected, current } => $f
                .debug_struct("Conflict")
                .field("id", id)
                .field("expected", expected)
                .field("current", &current.as_deref().map(Outline))
                .finish(),
            $(Error::$way { $($field),+ } => $f
                .debug_struct(stringify!($way))
                $(.field(stringify!($field), $field))+
                .finish(),)+
        }
    };
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown! {
            self, f;
            Absent { id }
            Expired { id, at }
            Removed { id, version, removed }
            Refused { id, status, transition, allowed }
            Conflicts { conflicts }
            Invalid { path, problem }
            Violations { id, problems }
            Forbidden { id, actor, why }
            TooLarge { what, size, limit }
            RateLimited { what, retry_after }
            TooNew { kind, found, known }
            NotUpgraded { id, from, source }
            Timeout { operation, after }
            Failed { operation, source }
        }
    }
}

impl Error {
    /// Tells the log that this is why a state was not written.
    pub(crate) fn not_written(&self, operation: &str, scope: &Scope, id: &StateId) {
        tracing::debug!(operation, %scope, %id, why = self.word(), "not written");
    }

    /// Which way it is, in a word. The message says more, and may quote what somebody wrote.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Absent { .. } => "absent",
            Self::Expired { .. } => "expired",
            Self::Removed { .. } => "removed",
            Self::Refused { .. } => "refused",
            Self::Conflict { .. } | Self::Conflicts { .. } => "conflict",
            Self::Invalid { .. } => "invalid",
            Self::Violations { .. } => "violations",
            Self::Forbidden { .. } => "forbidden",
            Self::TooLarge { .. } => "too large",
            Self::RateLimited { .. } => "rate limited",
            Self::TooNew { .. } => "too new",
            Self::NotUpgraded { .. } => "not upgraded",
            Self::Timeout { .. } => "timeout",
            Self::Failed { .. } => "failed",
        }
    }
}
