//! The folder of runs.
//!
//! ```text
//! <run>/                  the tables of a run that is completed
//! .pending/<run>.json     a run that is not over; its process holds it locked
//! .pending/<run>.put      its tables may be in the object store
//! .unfinished/<run>/      its tables in the making
//! .deleted/<run>/         the tables of a deleted run, until they are swept
//! .deleted/<run>.json     when that was
//! ```
//!
//! Deleted runs are the business of `aside`.

use std::{
    fs::{self, File, TryLockError},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use holdfast::Scope;
use serde::{Deserialize, Serialize};

use super::{
    disk::{names, read, remove, sync},
    name::is_id,
};
use crate::{Error, storage::Storage};

const PENDING: &str = ".pending";
const UNFINISHED: &str = ".unfinished";
pub(super) const DELETED: &str = ".deleted";
/// Ends the name of the file that says so of a pending run.
const PUT: &str = "put";

/// Paths of one folder of runs.
pub(super) struct Home {
    pub(super) root: PathBuf,
    pub(super) storage: Storage,
}

/// A pending run, held by this process until it is dropped.
pub(super) struct Held {
    marker: PathBuf,
    #[expect(dead_code, reason = "it is the open file that holds the lock")]
    lock: File,
}

/// What a marker tells about its run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Marker {
    pub(super) id: String,
    pub(super) scope: Scope,
}

impl Home {
    pub(super) fn open(root: &Path, storage: Storage) -> Result<Self, Error> {
        let home = Self {
            root: root.to_owned(),
            storage,
        };
        for part in [PENDING, UNFINISHED, DELETED] {
            let path = root.join(part);
            fs::create_dir_all(&path).map_err(|error| Error::io(&path, error))?;
        }
        Ok(home)
    }

    /// Where the tables of a run are, or would be.
    pub(super) fn tables(&self, id: &str) -> PathBuf {
        self.root.join(id)
    }

    /// Where deleted runs are.
    pub(super) fn deleted(&self) -> PathBuf {
        self.root.join(DELETED)
    }

    fn marker(&self, id: &str) -> PathBuf {
        self.root.join(PENDING).join(format!("{id}.json"))
    }

    /// Takes an id for a run of this process, with an empty folder for its tables; `None` where it is taken.
    pub(super) fn claim(&self, marker: &Marker) -> Result<Option<(Held, PathBuf)>, Error> {
        let (id, path) = (&marker.id, self.marker(&marker.id));
        let is_taken = [self.tables(id), self.aside(id)];
        if is_taken.iter().any(|path| path.exists()) || self.is_stored(id)? {
            return Ok(None);
        }
        let mut lock = match File::create_new(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(Error::io(path, error)),
        };
        let failed = |error| Error::io(&path, error);
        lock.lock().map_err(failed)?;
        // Another server that starts just now may have found it empty and taken it for abandoned.
        if !path.exists() {
            return Ok(None);
        }
        let text =
            serde_json::to_vec(marker).map_err(|error| Error::Internal(error.to_string()))?;
        lock.write_all(&text).map_err(failed)?;
        let held = Held {
            marker: path.clone(),
            lock,
        };
        let folder = self.root.join(UNFINISHED).join(id);
        fs::create_dir(&folder).map_err(|error| Error::io(&folder, error))?;
        Ok(Some((held, folder)))
    }

    /// The tables are whole: the store has them, and they come into their place. Both directories are made durable.
    pub(super) fn keep(&self, id: &str) -> Result<(), Error> {
        let from = self.root.join(UNFINISHED).join(id);
        let to = self.tables(id);
        self.store(id, &from, &self.marker(id).with_extension(PUT))?;
        sync(&from)?;
        fs::rename(&from, &to).map_err(|error| Error::io(&to, error))?;
        self.sync(UNFINISHED)
    }

    /// Removes what there is of a run that came to nothing.
    pub(super) fn discard(&self, id: &str) -> Result<(), Error> {
        for path in [self.root.join(UNFINISHED).join(id), self.tables(id)] {
            remove(&path)?;
        }
        self.unstore(id, &self.marker(id).with_extension(PUT))
    }

    /// Pending runs that no process holds.
    pub(super) fn abandoned(&self) -> Result<Vec<(Held, Marker)>, Error> {
        let folder = self.root.join(PENDING);
        let mut found = Vec::new();
        for name in names(&folder)? {
            let Some(id) = name.strip_suffix(".json").filter(|id| is_id(id)) else {
                continue;
            };
            let path = self.marker(id);
            let lock = match File::open(&path) {
                Ok(file) => file,
                // Its process has just removed it.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::io(path, error)),
            };
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(Error::io(path, error)),
            }
            let held = Held {
                marker: path.clone(),
                lock,
            };
            match read::<Marker>(&path) {
                Ok(marker) if marker.id == id => found.push((held, marker)),
                // It was made and never written: no state was registered yet.
                _ => {
                    self.discard(id)?;
                    held.release()?;
                }
            }
        }
        Ok(found)
    }

    /// Makes durable that tables came into their place or left it.
    pub(super) fn sync(&self, other: &str) -> Result<(), Error> {
        sync(&self.root.join(other))?;
        sync(&self.root)
    }
}

impl Held {
    /// The run is over and written down: its marker goes.
    pub(super) fn release(self) -> Result<(), Error> {
        // First, as one without a marker would outlive its run.
        remove(&self.marker.with_extension(PUT))?;
        remove(&self.marker)
    }
}
