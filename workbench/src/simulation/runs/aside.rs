//! The tables of deleted runs in the folder of runs: put aside, brought back, swept.
//!
//! A note is there before a run is deleted, and as long as its tables are aside. So a note whose run has its tables in
//! their place tells of a deletion, or of a return, that came to no end: the state says how it ended, and the tables
//! follow. With an object store, of which this folder is the cache, the same is so of a note whose run has no tables here:
//! the store may not have been told. There is a note of every deletion and every return then until it was.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use holdfast::{Scope, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    disk::{names, read, remove, sync},
    home::{DELETED, Home},
};
use crate::{Error, query::parallel::parallel_on};

/// Runs that are looked after at once: a store takes its time for each, and not more for several.
const AT_ONCE: usize = 16;

/// What a note tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Note {
    /// When the run was deleted.
    pub(super) at: Timestamp,
    /// Whose it was; older notes do not tell.
    #[serde(default)]
    pub(super) scope: Option<Scope>,
}

/// Where a run's state says that its tables are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) id: String,
    pub(super) is_deleted: bool,
}

impl Home {
    /// The tables of a deleted run.
    pub(super) fn aside(&self, id: &str) -> PathBuf {
        self.deleted().join(id)
    }

    fn note(&self, id: &str) -> PathBuf {
        self.deleted().join(format!("{id}.json"))
    }

    /// Notes, durably, that these runs are about to be deleted or brought back. Where there is no store, one without tables
    /// in place needs no note.
    pub(super) fn announce(&self, ids: &[String], note: &Note) -> Result<(), Error> {
        let is_shared = !self.storage.is_local();
        for id in ids
            .iter()
            .filter(|id| is_shared || self.tables(id).exists())
        {
            self.write(id, note)?;
        }
        sync(&self.deleted())
    }

    fn write(&self, id: &str, note: &Note) -> Result<(), Error> {
        let path = self.note(id);
        let text = serde_json::to_vec(note).map_err(|error| Error::Internal(error.to_string()))?;
        let write = |path: &Path| {
            let mut file = File::create(path)?;
            file.write_all(&text)?;
            file.sync_all()
        };
        write(&path).map_err(|error| Error::io(&path, error))
    }

    /// The first of these runs of which there are no tables any more, neither here nor in the store.
    pub(super) fn gone(&self, ids: &[String]) -> Result<Option<String>, Error> {
        let has = |at: usize| self.has_tables(&ids[at]);
        let found = parallel_on(AT_ONCE, ids.len(), has)?;
        let mut all = ids.iter().zip(found);
        Ok(all.find(|(_, has)| !has).map(|(id, _)| id.clone()))
    }

    /// Brings the tables of deleted runs into their places, here and in the store. Where there are none of one of them any
    /// more, it is told which: another server may have swept them a moment ago.
    pub(super) fn bring_back(&self, ids: &[String], note: &Note) -> Result<Option<String>, Error> {
        self.announce(ids, note)?;
        for id in ids.iter().filter(|id| self.aside(id).exists()) {
            relocate(&self.aside(id), &self.tables(id))?;
        }
        self.sync(DELETED)?;
        parallel_on(AT_ONCE, ids.len(), |at| {
            self.unmark_deleted(&ids[at])?;
            self.store_missing(&ids[at])
        })?;
        self.gone(ids)
    }

    /// Has tables be where the states of their runs say. What was deleted just now without a note gets this one.
    pub(super) fn follow(&self, runs: &[Placed], note: &Note) -> Result<(), Error> {
        let place = |at: usize| self.place(&runs[at], note);
        let placed = parallel_on(AT_ONCE, runs.len(), place)?;
        let followed = runs.iter().zip(placed).filter(|(_, is_told)| *is_told);
        // Only then may a note go: one that is there without need is harmless, tables aside without one stay forever.
        self.sync(DELETED)?;
        for (Placed { id, .. }, _) in followed {
            if !self.aside(id).exists() {
                remove(&self.note(id))?;
            }
        }
        Ok(())
    }

    /// `false` where the store could not be told. It looks like a deletion that came to no end then, and is told by the
    /// next sweep.
    fn place(&self, run: &Placed, note: &Note) -> Result<bool, Error> {
        let Placed { id, is_deleted } = run;
        let (here, aside) = (self.tables(id), self.aside(id));
        if *is_deleted && here.exists() && !self.note(id).exists() {
            self.write(id, note)?;
        }
        let at = self.noted(id).map_or(note.at, |note| note.at);
        let is_told = self.tell(id, is_deleted.then_some(at))?;
        match is_deleted {
            true if is_told && here.exists() => relocate(&here, &aside)?,
            false if aside.exists() => relocate(&aside, &here)?,
            _ => {}
        }
        Ok(is_told)
    }

    /// Puts aside what is here of a run that was deleted then, by whichever server.
    pub(super) fn put_copy_aside(&self, id: &str, at: Timestamp) -> Result<(), Error> {
        if !self.tables(id).exists() {
            return Ok(());
        }
        let scope = self.noted(id).and_then(|note| note.scope);
        self.write(id, &Note { at, scope })?;
        relocate(&self.tables(id), &self.aside(id))?;
        self.sync(DELETED)
    }

    /// Runs that somebody began to delete, or to bring back, before this time, and did not come to an end with: their
    /// tables are in place, or are in the store alone.
    pub(super) fn halfway(&self, before: Timestamp) -> Result<Vec<(String, Scope)>, Error> {
        let mut found = Vec::new();
        for (id, note) in self.notes()? {
            let is_halfway = self.tables(&id).exists() || !self.aside(&id).exists();
            let is_old = note.at < before && is_halfway;
            if let Some(scope) = note.scope.filter(|_| is_old) {
                found.push((id, scope));
            }
        }
        Ok(found)
    }

    /// Removes the tables of runs that were deleted before `until`: how many.
    pub(super) fn sweep(&self, until: Timestamp) -> Result<usize, Error> {
        self.sweep_store(until)?;
        let mut swept = 0;
        for (id, note) in self.notes()?.into_iter().filter(|it| it.1.at < until) {
            // Which of both is right its state says. Without a scope another server deleted it, and brought it back.
            if self.tables(&id).exists() && note.scope.is_some() {
                continue;
            }
            remove(&self.aside(&id))?;
            remove(&self.note(&id))?;
            swept += 1;
        }
        Ok(swept)
    }

    fn noted(&self, id: &str) -> Option<Note> {
        read(&self.note(id)).ok()
    }

    /// A note that cannot be read was not written to its end, so that nothing was done yet.
    fn notes(&self) -> Result<Vec<(String, Note)>, Error> {
        let folder = self.deleted();
        let names = names(&folder)?.into_iter();
        let notes = names.filter_map(|name| {
            let id = name.strip_suffix(".json")?;
            Some((id.to_owned(), read(&folder.join(&name)).ok()?))
        });
        Ok(notes.collect())
    }
}

/// Moves tables. Those that are there already are the same, as the tables of a run never change.
fn relocate(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = |error| Error::io(to, error);
    if !to.exists() {
        return fs::rename(from, to).map_err(failed);
    }
    for name in names(from)? {
        fs::rename(from.join(&name), to.join(&name)).map_err(failed)?;
    }
    remove(from)
}
