//! Where finished files are kept: in the data folder alone, or in an object store with the data folder as its cache.
//!
//! Whoever has finished a file below the data folder gives it to [`Storage::put`] before anything says that it is
//! there, and opens it with [`Storage::open`] or [`Storage::bring`]. Without an object store these do nothing, and the
//! folder is all there is. What the files are, and when one goes, is not known here.
//!
//! - `place`: which bucket, and with which credentials
//! - `name`: what a file of the data folder is called in the store
//! - `put`: a file goes there, and is found there
//! - `fetch`: a file comes from there, whole and as it was put
//! - `shelf`: what is there: asked for, listed, removed
//! - `room`: local copies leave where they take too much
//! - `gather`: files of before the store was switched on
//! - `problem`: what went wrong, in words
//!
//! All of it blocks, and is called off the async threads.

mod fetch;
mod gather;
mod name;
mod place;
mod problem;
mod put;
mod room;
mod shelf;

use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use object_store::ObjectStore;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

pub use self::{
    gather::Gathered,
    place::{Bucket, PlaceError},
};
use self::{name::Name, room::Uses};
use crate::{Error, incoming::Incoming};

/// Where finished files are kept. Cheap to clone.
#[derive(Clone, Default)]
pub struct Storage {
    objects: Option<Arc<Objects>>,
}

/// An object store, and the folder that is its cache.
struct Objects {
    store: Arc<dyn ObjectStore>,
    /// Before every name in the bucket.
    prefix: object_store::path::Path,
    /// The data folder.
    root: PathBuf,
    /// Unfinished copies of what is fetched.
    incoming: Incoming,
    /// The threads that talk to the store.
    runtime: Handle,
    /// Bytes of local copies; 0: as many as there are.
    local_bytes: u64,
    /// Who fetches a file just now; others wait for them.
    turns: Mutex<HashMap<String, Weak<Mutex<()>>>>,
    uses: Mutex<Uses>,
}

/// Keeps what was brought from leaving, for as long as it is held.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hold {
    _in_use: Option<Arc<PathBuf>>,
}

impl Storage {
    /// The data folder alone.
    pub fn local() -> Self {
        Self::default()
    }

    /// A bucket, with the data folder as its cache. Called on an async thread, which goes on to talk to it. The bucket
    /// need not answer yet.
    ///
    /// # Errors
    /// [`PlaceError`] for an address or credentials that cannot be, [`Error::Io`] where the folder cannot be used.
    pub fn objects(bucket: &Bucket, root: &Path, local_bytes: u64) -> Result<Self, PlaceError> {
        let (store, prefix) = bucket.open()?;
        let incoming = Incoming::open(&root.join("incoming"))?;
        let runtime = Handle::try_current().map_err(|error| Error::Internal(error.to_string()))?;
        let objects = Objects {
            store,
            prefix,
            root: root.to_owned(),
            incoming,
            runtime,
            local_bytes,
            turns: Mutex::default(),
            uses: Mutex::default(),
        };
        Ok(Self {
            objects: Some(Arc::new(objects)),
        })
    }

    /// Whether the data folder is all there is.
    pub fn is_local(&self) -> bool {
        self.objects.is_none()
    }

    /// Puts a finished file, which stands at `from`, where it will be found as `target`.
    ///
    /// # Errors
    /// [`Error::StoreAway`]; there may be an object then that nothing tells of.
    pub(crate) fn put(&self, from: &Path, target: &Path) -> Result<(), Error> {
        let Some(objects) = &self.objects else {
            return Ok(());
        };
        objects.put(&objects.name(target)?, from)?;
        objects.make_room(target);
        Ok(())
    }

    /// The same where it may be there already: whether it had to be put.
    pub(crate) fn put_missing(&self, from: &Path, target: &Path) -> Result<bool, Error> {
        let Some(objects) = &self.objects else {
            return Ok(false);
        };
        objects.put_missing(&objects.name(target)?, from)
    }

    /// Opens a file of the data folder, and fetches it before that where it is not there; `None` where it is nowhere.
    ///
    /// # Errors
    /// [`Error::StoreAway`], [`Error::StoreDamaged`].
    pub(crate) fn open(&self, path: &Path) -> Result<Option<File>, Error> {
        if let Some(objects) = &self.objects {
            objects.note_use(path);
        }
        match (here(path)?, &self.objects) {
            (None, Some(objects)) => objects.fetch(path),
            (file, _) => Ok(file),
        }
    }

    /// Sees to it that a file is in its place for as long as it is held: `None` where it is nowhere.
    pub(crate) fn hold(&self, path: &Path) -> Result<Option<Hold>, Error> {
        let hold = self.objects.as_ref().map(|objects| objects.hold(path));
        Ok(self.open(path)?.map(|_| hold.unwrap_or_default()))
    }

    /// Sees to it that files which are used together are in their folder, for as long as they are held: `None` where one
    /// of them is nowhere. Without an object store nothing is looked at.
    pub(crate) fn bring(&self, folder: &Path, files: &[&str]) -> Result<Option<Hold>, Error> {
        let Some(objects) = &self.objects else {
            return Ok(Some(Hold::default()));
        };
        let hold = objects.hold(folder);
        for file in files {
            let path = folder.join(file);
            if !path.exists() && objects.fetch(&path)?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(hold))
    }

    /// Whether a file is in the data folder or in the store.
    pub(crate) fn has(&self, path: &Path) -> Result<bool, Error> {
        match &self.objects {
            _ if path.is_file() => Ok(true),
            Some(objects) => Ok(objects.look_up(&objects.name(path)?)?.is_some()),
            None => Ok(false),
        }
    }

    /// A number that other programs on the same store hardly have, to name things apart; 0 without a store.
    pub(crate) fn number(&self) -> u32 {
        let Some(objects) = &self.objects else {
            return 0;
        };
        let own = Sha256::digest(objects.incoming.path().to_string_lossy().as_bytes());
        u32::from_le_bytes([own[0], own[1], own[2], own[3]])
    }
}

impl Objects {
    fn name(&self, path: &Path) -> Result<Name, Error> {
        Name::below(&self.root, path)
    }
}

/// A file of the data folder, if it is there.
fn here(path: &Path) -> Result<Option<File>, Error> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(path, error)),
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
