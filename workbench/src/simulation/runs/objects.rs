//! Runs in the object store, beside the folder that is its cache.
//!
//! ```text
//! simulations/<run>/               the tables of a run that is completed
//! simulations/deleted/<run>/<when> a run that was deleted then, until it is swept or brought back
//! ```
//!
//! What is deleted is marked in the store and not in one server's folder, so that whichever server sweeps removes the
//! objects, and none that another server has brought back.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use holdfast::Timestamp;

use super::{home::Home, name::is_id};
use crate::{
    Error,
    simulation::tables::{PATIENTS_FILE, Stored, VISITS_FILE},
    storage::Hold,
};

pub(super) const FILES: [&str; 2] = [PATIENTS_FILE, VISITS_FILE];
/// No id of a run.
const DELETED: &str = "deleted";

impl Home {
    /// The tables of a run, brought here where they are not.
    pub(super) fn stored(&self, id: &str) -> Result<Stored, Error> {
        let hold = self.bring(id)?;
        Ok(Stored::open(&self.tables(id))?.held(hold))
    }

    /// Sees to it that the tables of a run are in their folder, as long as this is held.
    pub(super) fn bring(&self, id: &str) -> Result<Hold, Error> {
        let brought = self.storage.bring(&self.tables(id), &FILES)?;
        brought.ok_or_else(|| Error::Missing(format!("One of the tables of {id}")))
    }

    /// Whether the store has tables of this run.
    pub(super) fn is_stored(&self, id: &str) -> Result<bool, Error> {
        Ok(!self.storage.list(&self.tables(id))?.is_empty())
    }

    /// Whether each of its tables is here, put aside, or in the store.
    pub(super) fn has_tables(&self, id: &str) -> Result<bool, Error> {
        for file in FILES {
            let is_aside = self.aside(id).join(file).is_file();
            if !is_aside && !self.storage.has(&self.tables(id).join(file))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Puts tables that stand in `from`. The mark is there from before the first of them.
    pub(super) fn store(&self, id: &str, from: &Path, mark: &Path) -> Result<(), Error> {
        if self.storage.is_local() {
            return Ok(());
        }
        File::create(mark)
            .and_then(|mark| mark.sync_all())
            .map_err(|error| Error::io(mark, error))?;
        let tables = self.tables(id);
        FILES
            .iter()
            .try_for_each(|file| self.storage.put(&from.join(file), &tables.join(file)))
    }

    /// Puts what the store does not have of the tables that are here.
    pub(super) fn store_missing(&self, id: &str) -> Result<(), Error> {
        let paths = FILES.iter().map(|file| self.tables(id).join(file));
        for path in paths.filter(|path| path.exists()) {
            self.storage.put_missing(&path, &path)?;
        }
        Ok(())
    }

    /// Removes the tables of a run that came to nothing, if any of them may have been put.
    pub(super) fn unstore(&self, id: &str, mark: &Path) -> Result<(), Error> {
        match mark.exists() {
            true => self.storage.remove(&self.tables(id)),
            false => Ok(()),
        }
    }

    /// Tells every server when a run was deleted, or that it is not: whether that could be told. While the store is away
    /// it cannot, and objects stay longer: that they are swept too early would be worse.
    pub(super) fn tell(&self, id: &str, deleted: Option<Timestamp>) -> Result<bool, Error> {
        let told = match deleted {
            Some(at) => self.storage.mark(&self.marks(id).join(at.0.to_string())),
            None => self.unmark_deleted(id),
        };
        match told {
            Err(error @ Error::StoreAway { .. }) => {
                tracing::warn!(%id, %error, "other servers hear later what became of this run");
                Ok(false)
            }
            told => told.map(|()| true),
        }
    }

    /// It is brought back.
    pub(super) fn unmark_deleted(&self, id: &str) -> Result<(), Error> {
        self.storage.remove(&self.marks(id))
    }

    /// Removes the objects of runs that were deleted before `until`. Of those deleted since, by whichever server, the
    /// copies here are put aside.
    pub(super) fn sweep_store(&self, until: Timestamp) -> Result<(), Error> {
        for mark in self.storage.list(&self.root.join(DELETED))? {
            let Some((id, at)) = read(&mark) else {
                continue;
            };
            self.put_copy_aside(&id, at)?;
            if at < until {
                self.storage.remove(&self.tables(&id))?;
                self.storage.remove(&self.marks(&id))?;
            }
        }
        Ok(())
    }

    fn marks(&self, id: &str) -> PathBuf {
        self.root.join(DELETED).join(id)
    }
}

/// Whose mark it is, and from when.
fn read(mark: &Path) -> Option<(String, Timestamp)> {
    let at = mark.file_name()?.to_str()?.parse().ok()?;
    let id = mark.parent()?.file_name()?.to_str()?;
    is_id(id).then(|| (id.to_owned(), Timestamp(at)))
}
