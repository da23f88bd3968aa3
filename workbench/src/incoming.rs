//! Files on their way in: below `incoming/`, in a folder that is this program's alone.
//!
//! Several servers may share a data folder, and one that starts must not clear away what another one is receiving. So each
//! holds a lock beside its own folder, and whoever starts clears those whose lock nobody holds any more.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use tempfile::{NamedTempFile, TempDir};

use crate::Error;

/// What a folder's lock is called behind the folder's name.
const LOCK: &str = "lock";

/// This program's own folder. It goes with its owner; after a crash the next one that starts clears it.
#[derive(Debug)]
pub(crate) struct Incoming {
    own: TempDir,
    _lock: NamedTempFile,
}

impl Incoming {
    /// Clears what crashed programs left below `incoming`, and makes a folder there.
    pub(crate) fn open(incoming: &Path) -> Result<Self, Error> {
        let fault = |error| Error::io(incoming, error);
        fs::create_dir_all(incoming).map_err(fault)?;
        clear(incoming).map_err(fault)?;
        loop {
            let lock = tempfile::Builder::new()
                .suffix(&format!(".{LOCK}"))
                .tempfile_in(incoming)
                .map_err(fault)?;
            lock.as_file().lock().map_err(fault)?;
            // Whoever cleared in between took it for a crashed program's.
            if !lock.path().exists() {
                continue;
            }
            let name = lock.path().with_extension("");
            let own = tempfile::Builder::new()
                .prefix(name.file_name().unwrap_or_default())
                .rand_bytes(0)
                .tempdir_in(incoming)
                .map_err(fault)?;
            return Ok(Self { own, _lock: lock });
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.own.path().to_owned()
    }
}

/// Removes folders whose lock nobody holds, and files as versions before this one left them here.
fn clear(incoming: &Path) -> io::Result<()> {
    for entry in fs::read_dir(incoming)? {
        let path = entry?.path();
        let is_lock = path.extension().is_some_and(|it| it == LOCK);
        if !is_lock {
            if path.is_file() {
                gone(fs::remove_file(&path))?;
            }
            continue;
        }
        let Some(lock) = gone(File::open(&path))? else {
            continue;
        };
        if lock.try_lock().is_ok() {
            gone(fs::remove_dir_all(path.with_extension("")))?;
            gone(fs::remove_file(&path))?;
        }
    }
    Ok(())
}

/// What somebody else has cleared is cleared.
fn gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_server_that_starts_leaves_alone_what_another_one_receives() {
        let data = tempfile::tempdir().unwrap();
        let one = Incoming::open(data.path()).unwrap();
        let half = one.path().join("half.csv");
        fs::write(&half, "a,b").unwrap();
        let other = Incoming::open(data.path()).unwrap();
        assert_ne!(one.path(), other.path());
        assert!(half.exists());
        drop((one, other));
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_crashed_server_left_is_cleared() {
        let data = tempfile::tempdir().unwrap();
        for name in ["old.csv", "crashed.lock"] {
            fs::write(data.path().join(name), "").unwrap();
        }
        fs::create_dir(data.path().join("crashed")).unwrap();
        fs::write(data.path().join("crashed/half.csv"), "a,b").unwrap();
        let next = Incoming::open(data.path()).unwrap();
        let left: Vec<_> = fs::read_dir(data.path())
            .unwrap()
            .map(|entry| entry.unwrap().path().with_extension(""))
            .collect();
        assert_eq!(left, [next.path(), next.path()]);
    }
}
