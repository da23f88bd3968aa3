//! Schema versions: what shape the data of a kind has, and how older data comes into today's.
//!
//! A kind begins at version 1; each upcaster leads from one version to the next. A reader gets a
//! state in today's shape, and a write builds on today's shape, whatever is stored. The history, the
//! log and watchers show what was stored: [`StateManager::upgraded`] brings that up to date too.
//! `bulk` rewrites what is stored, `start` refuses data newer than the code. What the data must look
//! like is the business of `validate`.

mod bulk;
pub(crate) mod start;

use std::{fmt, sync::Arc};

use serde_json::Value;

pub use self::bulk::{Failure, Mode, Report};
use crate::{Error, Kind, State, StateManager, Status, backend::Fault, hash::Map};

/// From the data of one version to the data of the next.
pub(crate) type Upcaster = Arc<dyn Fn(Value) -> Result<Value, Fault> + Send + Sync>;

/// The version of a kind that has no upcaster.
const FIRST: u32 = 1;

/// The upcasters of each kind, from version 1 on.
#[derive(Default)]
pub(crate) struct Schemas(Map<Kind, Vec<Upcaster>>);

impl Schemas {
    /// Adds the step from the kind's newest version to the one after it.
    pub(crate) fn add(&mut self, kind: Kind, upcaster: Upcaster) {
        self.0.entry(kind).or_default().push(upcaster);
    }

    /// The version that new data of a kind has.
    pub(crate) fn known(&self, kind: &Kind) -> u32 {
        let steps = self.0.get(kind).map_or(0, Vec::len);
        u32::try_from(steps).map_or(u32::MAX, |steps| FIRST.saturating_add(steps))
    }

    /// The kinds that have more than a first version.
    fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.0.keys()
    }

    /// Whether there is nothing to do: a tombstone has no data, nor has what a policy went over.
    pub(crate) fn is_current(&self, state: &State) -> bool {
        state.schema_version == self.known(&state.kind)
            || state.status == Status::DELETED
            || state.removed.is_some()
    }

    /// The same state in today's shape.
    pub(crate) fn upgraded(&self, state: &Arc<State>) -> Result<Arc<State>, Error> {
        if self.is_current(state) {
            return Ok(Arc::clone(state));
        }
        let (kind, known) = (&state.kind, self.known(&state.kind));
        if state.schema_version > known {
            let (kind, found) = (kind.clone(), state.schema_version);
            return Err(Error::TooNew { kind, found, known });
        }
        let mut data = state.data.clone();
        let steps = self.0.get(kind).map(Vec::as_slice).unwrap_or_default();
        for (from, step) in (FIRST..).zip(steps) {
            if from < state.schema_version {
                continue;
            }
            data = step(data).map_err(|source| Error::NotUpgraded {
                id: state.id.clone(),
                from,
                source,
            })?;
        }
        Ok(Arc::new(State {
            data,
            schema_version: known,
            ..State::clone(state)
        }))
    }
}

impl StateManager {
    /// The kinds that have more than a first schema version, by name, and the version that they are written in.
    pub fn schema_versions(&self) -> Vec<(Kind, u32)> {
        let schemas = self.schemas();
        let kinds = schemas.kinds();
        let kinds = kinds.map(|kind| (kind.clone(), schemas.known(kind)));
        let mut versions: Vec<_> = kinds.collect();
        versions.sort_unstable();
        versions
    }

    /// A state of the history, the log or a watcher in today's shape.
    ///
    /// # Errors
    /// [`Error::TooNew`] when a newer program wrote it, [`Error::NotUpgraded`] when an upcaster failed.
    pub fn upgraded(&self, state: &Arc<State>) -> Result<Arc<State>, Error> {
        self.counted(self.schemas().upgraded(state))
    }
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.0.keys().map(|kind| (kind, self.known(kind)));
        f.debug_map().entries(known).finish()
    }
}
