//! What is checked before a draft: that the request is well formed, and that what is there is
//! what the caller expected.

use std::sync::Arc;

use super::{New, StateManager, step::engines_own};
use crate::{
    Actor, Error, Expected, Kind, Scope, State, StateId, Status, limits::Access, validate,
};

/// What is stored under an id, a tombstone too.
pub(crate) type Base<'a> = Option<&'a Arc<State>>;

impl StateManager {
    /// Checks who asks to write what, and how often.
    pub(crate) fn check(&self, scope: &Scope, id: &StateId, actor: &Actor) -> Result<(), Error> {
        let checked = validate::scope(scope)
            .and_then(|()| validate::id(id))
            .and_then(|()| validate::actor(actor));
        self.counted(checked)?;
        self.admit(Access::Write, scope)
    }

    /// Lets a scope pass, unless it asks too often.
    pub(crate) fn admit(&self, what: Access, scope: &Scope) -> Result<(), Error> {
        self.counted(self.0.gate.admit(what, scope, || self.0.clock.now()))
    }

    /// Checks everything about a new state but its data.
    pub(super) fn check_new(&self, new: &New) -> Result<(), Error> {
        if new.kind == Kind::COMPACTION {
            return self.counted(Err(engines_own(&new.kind)));
        }
        let checked = validate::kind(&new.kind)
            .and_then(|()| self.lifecycle_of(&new.kind).map(drop))
            .and_then(|()| validate::name("name", &new.name))
            .and_then(|()| validate::size(&new.metadata))
            .and_then(|size| validate::metadata(&self.0.limits, &new.metadata, size));
        self.counted(checked)
    }

    pub(crate) fn counted<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.inspect_err(|error| self.0.metrics.failed(error))
    }
}

/// What is there for a reader: not a tombstone.
pub(super) fn live(base: Base<'_>) -> Base<'_> {
    base.filter(|state| state.status != Status::DELETED)
}

/// What is there, or the answer for one who expected it to be.
pub(super) fn present<'a>(
    id: &StateId,
    expected: Expected,
    base: Base<'a>,
) -> Result<&'a Arc<State>, Error> {
    live(base).ok_or_else(|| match expected {
        Expected::Version(_) => Error::conflict(id, expected, None),
        Expected::Any | Expected::Absent => Error::Absent { id: id.clone() },
    })
}

/// That what is there is what the caller expected.
pub(super) fn agreed(id: &StateId, expected: Expected, state: &Arc<State>) -> Result<(), Error> {
    let is_expected = match expected {
        Expected::Any => true,
        Expected::Absent => false,
        Expected::Version(version) => version == state.version,
    };
    if is_expected {
        return Ok(());
    }
    Err(Error::conflict(id, expected, Some(state)))
}
