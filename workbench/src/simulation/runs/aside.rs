//! The tables of deleted runs in the folder of runs: put aside, brought back, swept.
//!
//! A note is there before a run is deleted, and as long as its tables are aside. So a note whose run has its tables in
//! their place tells of a deletion, or of a return, that came to no end: the state says how it ended, and the tables
//! follow.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use holdfast::{Scope, Timestamp};
use serde::{Deserialize, Serialize};

use super::home::{DELETED, Home, names, read, remove, sync};
use crate::Error;

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

    /// Notes, durably, that these runs are about to be deleted. A run without tables needs no note.
    pub(super) fn announce(&self, ids: &[String], note: &Note) -> Result<(), Error> {
        for id in ids.iter().filter(|id| self.tables(id).exists()) {
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

    /// Brings the tables of deleted runs into their places. Where there are none of one of them any more, nothing moves,
    /// and it is told which.
    pub(super) fn bring_back(&self, ids: &[String]) -> Result<Option<String>, Error> {
        let is_gone = |id: &&String| !self.tables(id).exists() && !self.aside(id).exists();
        if let Some(gone) = ids.iter().find(is_gone) {
            return Ok(Some(gone.clone()));
        }
        for id in ids.iter().filter(|id| !self.tables(id).exists()) {
            relocate(&self.aside(id), &self.tables(id))?;
        }
        self.sync(DELETED)?;
        Ok(None)
    }

    /// Has tables be where the states of their runs say. What was deleted just now without a note gets this one.
    pub(super) fn follow(&self, runs: &[Placed], note: &Note) -> Result<(), Error> {
        for Placed { id, is_deleted } in runs {
            let (here, aside) = (self.tables(id), self.aside(id));
            match is_deleted {
                true if here.exists() => {
                    if !self.note(id).exists() {
                        self.write(id, note)?;
                    }
                    relocate(&here, &aside)?;
                }
                false if aside.exists() && !here.exists() => relocate(&aside, &here)?,
                _ => {}
            }
        }
        // Only then may a note go: one that is there without need is harmless, tables aside without one stay forever.
        self.sync(DELETED)?;
        for Placed { id, .. } in runs.iter().filter(|run| !self.aside(&run.id).exists()) {
            remove(&self.note(id))?;
        }
        Ok(())
    }

    /// Runs with their tables in place that somebody began to delete, or to bring back, before this time.
    pub(super) fn halfway(&self, before: Timestamp) -> Result<Vec<(String, Scope)>, Error> {
        let mut found = Vec::new();
        for (id, note) in self.notes()? {
            let is_old = note.at < before && self.tables(&id).exists();
            if let Some(scope) = note.scope.filter(|_| is_old) {
                found.push((id, scope));
            }
        }
        Ok(found)
    }

    /// Removes the tables of runs that were deleted before `until`: how many.
    pub(super) fn sweep(&self, until: Timestamp) -> Result<usize, Error> {
        let mut swept = 0;
        for (id, _) in self.notes()?.into_iter().filter(|it| it.1.at < until) {
            if self.tables(&id).exists() {
                continue;
            }
            remove(&self.aside(&id))?;
            remove(&self.note(&id))?;
            swept += 1;
        }
        Ok(swept)
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

fn relocate(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|error| Error::io(to, error))
}
