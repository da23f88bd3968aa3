//! What an outage of the place behind the engine means for whoever asked: found behind whatever wraps what a backend reports.

use std::error::Error as Cause;

use super::{Error, Fault};
use crate::backend::{PostgresFault, RedisFault, SealedFault, SqliteFault};

impl Error {
    /// Whether the place behind the engine has no room left: its disk, or the memory that Redis may take. Nothing was
    /// written, readers are served, and the same write passes once somebody has made room.
    pub fn is_full(&self) -> bool {
        self.is_caused_by(|cause| {
            matches!(cause.downcast_ref(), Some(SqliteFault::Full(_)))
                || matches!(cause.downcast_ref(), Some(PostgresFault::Full(_)))
                || matches!(cause.downcast_ref(), Some(RedisFault::Full(_)))
        })
    }

    /// Whether the place behind the engine cannot be reached, or has too much to do. Nothing was written, and the same passes
    /// once it is back.
    pub fn is_away(&self) -> bool {
        use PostgresFault::{Slow, Unreachable};
        self.is_caused_by(|cause| {
            matches!(cause.downcast_ref(), Some(SqliteFault::Busy(_)))
                || matches!(cause.downcast_ref(), Some(Unreachable(_) | Slow(_)))
                || matches!(cause.downcast_ref(), Some(RedisFault::Unreachable(_)))
        })
    }

    /// Whether nobody can say if it was done: it took too long, or the connection broke in the midst of a write. Read before
    /// repeating it.
    pub fn is_in_doubt(&self) -> bool {
        matches!(self, Self::Timeout { .. })
            || self.is_caused_by(|cause| {
                matches!(cause.downcast_ref(), Some(PostgresFault::InDoubt(_)))
                    || matches!(cause.downcast_ref(), Some(RedisFault::Unsure(_)))
            })
    }

    /// Looks behind a fault, however deep.
    fn is_caused_by(&self, is_it: fn(&(dyn Cause + 'static)) -> bool) -> bool {
        let Self::Failed { source, .. } = self else {
            return false;
        };
        let mut next = Some(plain(source));
        while let Some(cause) = next {
            if is_it(cause) {
                return true;
            }
            next = match cause.downcast_ref() {
                // It speaks for the fault behind it, and `source` passes that over.
                Some(SealedFault::Behind(behind)) => Some(plain(behind)),
                _ => cause.source(),
            };
        }
        false
    }
}

fn plain(fault: &Fault) -> &(dyn Cause + 'static) {
    &**fault
}
