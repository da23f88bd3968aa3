//! The log: what was done, in the order in which it was done, as compact as it was written. What has its
//! place in it never moves, so the log grows without copying itself.

use std::{num::NonZeroU64, sync::Arc};

use super::super::{Fault, Write};
use crate::{Actor, Change, Revision, State, Transition, Version};

/// Records that are made room for at once: some 100 kB.
const CHUNK: usize = 1024;

/// One change.
#[derive(Debug)]
pub(super) struct Record {
    /// The record of the version before, by its revision.
    pub(super) previous: Option<NonZeroU64>,
    pub(super) version: Version,
    transition: Transition,
    actor: Arc<Actor>,
    /// The state after it.
    json: Arc<str>,
}

impl Record {
    pub(super) fn of(
        write: &Write,
        previous: Option<NonZeroU64>,
        actor: Arc<Actor>,
        json: Arc<str>,
    ) -> Self {
        Self {
            previous,
            version: write.after.version,
            transition: write.transition.clone(),
            actor,
            json,
        }
    }
}

/// All records: the one with revision `n` is the `n`th.
#[derive(Debug, Default)]
pub(super) struct Log {
    chunks: Vec<Vec<Record>>,
    revision: u64,
}

impl Log {
    /// The revision of the newest record; 0 without any.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Appends a record and says at which revision.
    pub(super) fn push(&mut self, record: Record) -> u64 {
        match self.chunks.last_mut().filter(|chunk| chunk.len() < CHUNK) {
            Some(chunk) => chunk.push(record),
            None => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(record);
                self.chunks.push(chunk);
            }
        }
        self.revision += 1;
        self.revision
    }

    pub(super) fn at(&self, revision: u64) -> Option<&Record> {
        let place = usize::try_from(revision.checked_sub(1)?).ok()?;
        self.chunks.get(place / CHUNK)?.get(place % CHUNK)
    }

    /// Puts `json` in the place of a record of the same version of the same state; `false` where there is none.
    pub(super) fn thin(
        &mut self,
        revision: Revision,
        thinned: &State,
        json: Arc<str>,
    ) -> Result<bool, Fault> {
        let Some(place) = revision
            .0
            .checked_sub(1)
            .and_then(|it| usize::try_from(it).ok())
        else {
            return Ok(false);
        };
        let chunk = self.chunks.get_mut(place / CHUNK);
        let Some(record) = chunk.and_then(|chunk| chunk.get_mut(place % CHUNK)) else {
            return Ok(false);
        };
        let kept = state(&record.json)?;
        let is_it =
            kept.version == thinned.version && kept.id == thinned.id && kept.scope == thinned.scope;
        if is_it {
            record.json = json;
        }
        Ok(is_it)
    }

    /// A change as it is kept, cheap to take out of the log while others wait for it.
    pub(super) fn kept(&self, revision: u64) -> Option<Kept> {
        let record = self.at(revision)?;
        let before = record.previous.and_then(|at| self.at(at.get()));
        Some(Kept {
            revision: Revision(revision),
            transition: record.transition.clone(),
            actor: Arc::clone(&record.actor),
            before: before.map(|record| Arc::clone(&record.json)),
            after: Arc::clone(&record.json),
        })
    }
}

/// A change that was taken out of the log, to be read without holding it.
#[derive(Debug)]
pub(super) struct Kept {
    revision: Revision,
    transition: Transition,
    actor: Arc<Actor>,
    before: Option<Arc<str>>,
    after: Arc<str>,
}

impl Kept {
    pub(super) fn change(self) -> Result<Change, Fault> {
        let after = state(&self.after)?;
        Ok(Change {
            revision: self.revision,
            transition: self.transition,
            actor: Arc::unwrap_or_clone(self.actor),
            at: after.updated_at,
            before: self.before.as_deref().map(state).transpose()?,
            after,
        })
    }
}

/// A state from its JSON.
pub(super) fn state(json: &str) -> Result<Arc<State>, Fault> {
    Ok(Arc::new(serde_json::from_str(json)?))
}
