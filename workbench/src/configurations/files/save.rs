//! Saving: compare, back up, write, verify, as one step.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
};

use holdfast::Timestamp;

use super::{FileError, Folder, Loaded, folder::read_plain, name::checked};
use crate::configurations::merge::{Merge, etag, merge};

/// What a save expects to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// No file of that name: a new one.
    Absent,
    /// This version. Comments do not count in a version: who has the text they started from merges instead.
    Version(String),
    /// Whatever is there, for those who may overwrite.
    Any,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The version that is there now.
    pub etag: String,
    /// The text that is there now.
    pub text: String,
    /// The backup of what was there before.
    pub backup: Option<String>,
}

/// How a merging save ended.
#[derive(Debug)]
pub enum Outcome {
    /// Saved, with what others had changed.
    Saved(Saved),
    /// Nothing was saved; these conflicts need a choice. `etag` is the version merged with.
    Conflicts {
        /// The merge with what is there now.
        merge: Box<Merge>,
        /// The version that is there now.
        etag: String,
    },
}

impl Folder {
    /// Saves a text, if what is there is what was expected.
    ///
    /// # Errors
    /// [`FileError::Conflict`] with what is there now; [`FileError::Invalid`] with the place; the errors of
    /// [`read`](Self::read); [`FileError::NotVerified`].
    pub fn save(
        &self,
        name: &str,
        text: &str,
        expected: &Expected,
        now: Timestamp,
    ) -> Result<Saved, FileError> {
        checked(name)?;
        let _lock = self.lock(name)?;
        let current = self.current(name)?;
        let is_expected = match (expected, &current) {
            (Expected::Any, _) | (Expected::Absent, None) => true,
            (Expected::Version(version), Some(current)) => *version == current.etag,
            (Expected::Absent, Some(_)) | (Expected::Version(_), None) => false,
        };
        if !is_expected {
            let (etag, text) = current.map_or((None, String::new()), |c| (Some(c.etag), c.text));
            let name = name.to_owned();
            return Err(FileError::Conflict { name, etag, text });
        }
        self.replace(name, text, current.as_ref(), now)
    }

    /// Saves a text that came from `base`, together with what others changed since: different entities never conflict,
    /// and nobody's comment is lost.
    ///
    /// # Errors
    /// As [`save`](Self::save); [`FileError::Conflict`] if the file is gone.
    pub fn save_merged(
        &self,
        name: &str,
        base: &str,
        mine: &str,
        now: Timestamp,
    ) -> Result<Outcome, FileError> {
        let format = checked(name)?;
        let _lock = self.lock(name)?;
        let Some(current) = self.current(name)? else {
            let (name, text) = (name.to_owned(), String::new());
            return Err(FileError::Conflict {
                name,
                etag: None,
                text,
            });
        };
        let merged = merge(format, base, &current.text, mine)?;
        match merged.text() {
            Some(text) => {
                let saved = self.replace(name, text, Some(&current), now)?;
                Ok(Outcome::Saved(saved))
            }
            None => Ok(Outcome::Conflicts {
                merge: Box::new(merged),
                etag: current.etag,
            }),
        }
    }

    /// One save of a file at a time, on this and other servers that see the folder; ends with the handle.
    pub(in crate::configurations) fn lock(&self, name: &str) -> Result<File, FileError> {
        checked(name)?;
        let path = self.own("locks")?.join(format!("{name}.lock"));
        let is_link = fs::symlink_metadata(&path).is_ok_and(|meta| !meta.is_file());
        if is_link {
            return Err(FileError::NotAFile(path.display().to_string()));
        }
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(FileError::io(&path))?;
        file.lock().map_err(FileError::io(&path))?;
        Ok(file)
    }

    /// Takes a file away; what it said becomes a backup. The lock is held.
    pub(in crate::configurations) fn remove(
        &self,
        name: &str,
        current: &Loaded,
        now: Timestamp,
    ) -> Result<(), FileError> {
        self.back_up(name, &current.text, now)?;
        let path = self.root.join(name);
        fs::remove_file(&path).map_err(FileError::io(&path))?;
        sync_folder(&self.root)
    }

    fn current(&self, name: &str) -> Result<Option<Loaded>, FileError> {
        match self.read(name) {
            Ok(loaded) => Ok(Some(loaded)),
            Err(FileError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Backs up what is there and puts the text in its place. The lock is held.
    pub(in crate::configurations) fn replace(
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
                let backup = None;
                return Ok(Saved { etag, text, backup });
            }
            Some(current) => Some(self.back_up(name, &current.text, now)?),
            None => None,
        };
        let target = self.root.join(name);
        write_whole(&self.own("parts")?.join(name), &target, text.as_bytes())?;
        let (written, _) = read_plain(&target, name)?;
        if written != text.as_bytes() {
            return Err(FileError::NotVerified(name.to_owned()));
        }
        Ok(Saved { etag, text, backup })
    }
}

/// Writes a file beside its target, makes it durable, and renames it: it is there whole or not at all.
pub(super) fn write_whole(part: &Path, target: &Path, bytes: &[u8]) -> Result<(), FileError> {
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
    file.sync_all().map_err(FileError::io(part))?;
    fs::rename(part, target).map_err(FileError::io(target))?;
    target.parent().map_or(Ok(()), sync_folder)
}

/// Makes durable which names there are in a folder.
fn sync_folder(folder: &Path) -> Result<(), FileError> {
    let opened = File::open(folder).map_err(FileError::io(folder))?;
    opened.sync_all().map_err(FileError::io(folder))
}
