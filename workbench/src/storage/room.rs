//! Local copies leave where they take more than `storage.local_bytes`: the longest unused first, never one that is in use,
//! and only what the store has.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::SystemTime,
};

use super::{Hold, Objects, locked};
use crate::Error;

/// The folders of copies, and whether each copy is a folder of its own.
const COPIES: [(&str, bool); 3] = [("tables", false), ("results", false), ("simulations", true)];

/// What was used since the start, and what is in use.
#[derive(Default)]
pub(super) struct Uses {
    clock: u64,
    last: HashMap<PathBuf, u64>,
    held: HashMap<PathBuf, Weak<PathBuf>>,
}

/// A local copy: a file, or a folder of files that are used together.
struct Copy {
    path: PathBuf,
    files: Vec<PathBuf>,
    bytes: u64,
    /// Of those not used since the start the last written leaves last.
    written: SystemTime,
}

impl Objects {
    /// Remembers that a file or folder is used now.
    pub(super) fn note_use(&self, path: &Path) {
        let mut uses = locked(&self.uses);
        uses.clock += 1;
        let now = uses.clock;
        uses.last.insert(path.to_owned(), now);
    }

    /// Keeps a folder from leaving.
    pub(super) fn hold(&self, folder: &Path) -> Hold {
        self.note_use(folder);
        let mut uses = locked(&self.uses);
        uses.held.retain(|_, held| held.strong_count() > 0);
        let held = uses.held.get(folder).and_then(Weak::upgrade);
        let held = held.unwrap_or_else(|| {
            let held = Arc::new(folder.to_owned());
            uses.held.insert(folder.to_owned(), Arc::downgrade(&held));
            held
        });
        Hold {
            _in_use: Some(held),
        }
    }

    /// Lets copies go until the rest fits. `newest` stays, as somebody is about to open it. What cannot be removed, or
    /// asked about, is tried again the next time.
    pub(super) fn make_room(&self, newest: &Path) {
        if self.local_bytes == 0 {
            return;
        }
        if let Err(error) = self.let_go(newest) {
            tracing::warn!(%error, "local copies take more than storage.local_bytes");
        }
    }

    fn let_go(&self, newest: &Path) -> Result<(), Error> {
        let mut copies = self.copies()?;
        let mut bytes: u64 = copies.iter().map(|copy| copy.bytes).sum();
        if bytes <= self.local_bytes {
            return Ok(());
        }
        {
            let uses = locked(&self.uses);
            copies.sort_by_key(|copy| {
                let used = uses.last.get(&copy.path).copied().unwrap_or(0);
                (used, copy.written)
            });
        }
        for copy in copies {
            if bytes <= self.local_bytes {
                break;
            }
            if !newest.starts_with(&copy.path)
                && self.is_in_store(&copy)?
                && self.drop_copy(&copy)?
            {
                bytes = bytes.saturating_sub(copy.bytes);
            }
        }
        Ok(())
    }

    fn is_in_store(&self, copy: &Copy) -> Result<bool, Error> {
        for file in &copy.files {
            let bytes = match fs::metadata(file) {
                Ok(metadata) => metadata.len(),
                Err(_) => return Ok(false),
            };
            let found = self.look_up(&self.name(file)?)?;
            if !found.is_some_and(|found| found.bytes == bytes && found.sha256.is_some()) {
                return Ok(false);
            }
        }
        Ok(!copy.files.is_empty())
    }

    /// Removes a copy that nobody holds: whether it could be. Who wants to hold it waits for the end of this, and finds
    /// it gone.
    fn drop_copy(&self, copy: &Copy) -> Result<bool, Error> {
        let mut uses = locked(&self.uses);
        let held = uses.held.get(&copy.path);
        if held.is_some_and(|held| held.strong_count() > 0) {
            return Ok(false);
        }
        let removed = match copy.path.is_dir() {
            true => fs::remove_dir_all(&copy.path),
            false => fs::remove_file(&copy.path),
        };
        match removed {
            // Somebody else made room, too.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            removed => removed.map_err(|error| Error::io(&copy.path, error))?,
        }
        uses.last.remove(&copy.path);
        Ok(true)
    }

    fn copies(&self) -> Result<Vec<Copy>, Error> {
        let mut copies = Vec::new();
        for (folder, is_folder) in COPIES {
            for path in entries(&self.root.join(folder))? {
                let is_copy = self.name(&path).is_ok()
                    && path.is_dir() == is_folder
                    && (is_folder || path.extension().is_some_and(|it| it == "parquet"));
                if is_copy {
                    let files = match is_folder {
                        true => entries(&path)?,
                        false => vec![path.clone()],
                    };
                    copies.extend(copy(path, files));
                }
            }
        }
        Ok(copies)
    }
}

/// `None` for one that somebody else removed meanwhile.
fn copy(path: PathBuf, files: Vec<PathBuf>) -> Option<Copy> {
    let known: Vec<fs::Metadata> = files
        .iter()
        .map(|file| fs::metadata(file).ok())
        .collect::<Option<_>>()?;
    let written = known.iter().filter_map(|file| file.modified().ok()).max();
    Some(Copy {
        path,
        files,
        bytes: known.iter().map(fs::Metadata::len).sum(),
        written: written.unwrap_or(SystemTime::UNIX_EPOCH),
    })
}

/// What is in a folder, which need not be there.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = match fs::read_dir(folder) {
        Ok(read) => read,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(folder, error)),
    };
    let mut found = Vec::new();
    for entry in read {
        found.push(entry.map_err(|error| Error::io(folder, error))?.path());
    }
    found.sort();
    Ok(found)
}
