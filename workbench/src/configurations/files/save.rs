//! Saving, under the lock of the file: back up, write, verify, as one step.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    path::Path,
};

use holdfast::Timestamp;

use super::{
    FileError, Folder, Loaded,
    folder::{modified, read_plain},
    name::checked,
    swap::into_place,
};
use crate::configurations::merge::etag;

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The version that is there now.
    pub etag: String,
    /// The text that is there now.
    pub text: String,
    /// The backup of what was there before.
    pub backup: Option<String>,
    /// When it was written.
    pub modified: Timestamp,
}

impl Folder {
    /// One change of a file at a time, on this and other servers that see the folder; ends with the handle. `None` while
    /// somebody else has it. It does not wait: who has it needs the threads on which others would.
    ///
    /// # Errors
    /// [`FileError::BadName`], [`FileError::NotAFile`], [`FileError::Io`].
    pub fn try_lock(&self, name: &str) -> Result<Option<File>, FileError> {
        checked(name)?;
        let path = self.own("locks")?.join(format!("{name}.lock"));
        let is_link = fs::symlink_metadata(&path).is_ok_and(|meta| !meta.is_file());
        if is_link {
            return Err(FileError::NotAFile(path.display().to_string()));
        }
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(FileError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(FileError::io(path)(error)),
        }
    }

    /// Takes a file away; what it said becomes a backup. The lock is held.
    ///
    /// # Errors
    /// [`FileError::Conflict`] if it is not `current` any more; [`FileError::Io`].
    pub fn remove(&self, name: &str, current: &Loaded, now: Timestamp) -> Result<(), FileError> {
        self.back_up(name, &current.text, now)?;
        self.check_still(name, Some(current))?;
        let path = self.root.join(name);
        fs::remove_file(&path).map_err(FileError::io(&path))?;
        sync_folder(&self.root)
    }

    /// Backs up what is there, `current`, and puts the text in its place. The lock is held.
    ///
    /// # Errors
    /// [`FileError::Conflict`] if another program has written the file since `current` was read: then it is as that program
    /// left it. [`FileError::BadName`]; [`FileError::Invalid`] with the place; [`FileError::NotAFile`], [`FileError::Io`],
    /// [`FileError::NotVerified`].
    pub fn replace(
        &self,
        name: &str,
        text: &str,
        current: Option<&Loaded>,
        now: Timestamp,
    ) -> Result<Saved, FileError> {
        let etag = etag(checked(name)?, text)?;
        let text = text.to_owned();
        let backup = match current {
            // The same bytes: nothing to write, nothing to keep.
            Some(current) if current.text == text => {
                return Ok(Saved {
                    etag,
                    text,
                    backup: None,
                    modified: current.modified,
                });
            }
            Some(current) => Some(self.back_up(name, &current.text, now)?),
            None => None,
        };
        let (part, target) = (self.own("parts")?.join(name), self.root.join(name));
        write_part(&part, &target, text.as_bytes())?;
        self.check_still(name, current)?;
        let known = current.map(|current| current.text.as_bytes());
        if !into_place(&part, &target, known).map_err(FileError::io(&target))? {
            return Err(self.changed(name));
        }
        sync_folder(&self.root)?;
        let (written, meta) = read_plain(&target, name)?;
        if written != text.as_bytes() {
            return Err(FileError::NotVerified(name.to_owned()));
        }
        Ok(Saved {
            etag,
            text,
            backup,
            modified: modified(&meta),
        })
    }

    /// The file is what was read of it, or still not there.
    fn check_still(&self, name: &str, current: Option<&Loaded>) -> Result<(), FileError> {
        let there = match read_plain(&self.root.join(name), name) {
            Ok((bytes, _)) => Some(bytes),
            Err(FileError::Missing(_)) => None,
            Err(error) => return Err(error),
        };
        match there.as_deref() == current.map(|current| current.text.as_bytes()) {
            true => Ok(()),
            false => Err(self.changed(name)),
        }
    }

    /// Another program wrote the file; with what is there now.
    fn changed(&self, name: &str) -> FileError {
        let (etag, text) = match self.read(name) {
            Ok(loaded) => (Some(loaded.etag), loaded.text),
            Err(FileError::Missing(_)) => (None, String::new()),
            Err(error) => return error,
        };
        FileError::Conflict {
            name: name.to_owned(),
            etag,
            text,
        }
    }
}

/// Writes a file beside its target, makes it durable, and renames it: it is there whole or not at all.
pub(super) fn write_whole(part: &Path, target: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_part(part, target, bytes)?;
    fs::rename(part, target).map_err(FileError::io(target))?;
    target.parent().map_or(Ok(()), sync_folder)
}

/// Writes what is to stand at `target` beside it, and makes it durable.
fn write_part(part: &Path, target: &Path, bytes: &[u8]) -> Result<(), FileError> {
    // What a crash left; the lock says that nobody is writing it.
    match fs::remove_file(part) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(FileError::io(part)(error));
        }
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(part)
        .map_err(FileError::io(part))?;
    if let Ok(meta) = fs::symlink_metadata(target) {
        // Who could read and write the file still can.
        file.set_permissions(meta.permissions())
            .map_err(FileError::io(part))?;
    }
    file.write_all(bytes).map_err(FileError::io(part))?;
    file.sync_all().map_err(FileError::io(part))
}

/// Makes durable which names there are in a folder.
fn sync_folder(folder: &Path) -> Result<(), FileError> {
    let opened = File::open(folder).map_err(FileError::io(folder))?;
    opened.sync_all().map_err(FileError::io(folder))
}
