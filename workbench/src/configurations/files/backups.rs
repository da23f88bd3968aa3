//! Backups: each version that a save replaced, by the time of that save.

use std::fs;

use holdfast::Timestamp;

use super::{FileError, Folder, folder::read_plain, name::checked, save::write_whole};

/// Backups of one file; the oldest goes first.
const MAX_BACKUPS: usize = 200;
/// Digits of a backup's name, so that names sort by time.
const DIGITS: usize = 15;

/// A version that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Names it.
    pub id: String,
    /// When it was replaced.
    pub at: Timestamp,
    /// In bytes.
    pub size: u64,
}

impl Folder {
    /// The backups of a file, the newest first.
    ///
    /// # Errors
    /// [`FileError::BadName`], [`FileError::Io`].
    pub fn backups(&self, name: &str) -> Result<Vec<Backup>, FileError> {
        checked(name)?;
        let folder = self.own(&format!("backups/{name}"))?;
        let io = |error| FileError::io(&folder)(error);
        let mut backups = Vec::new();
        for item in fs::read_dir(&folder).map_err(io)? {
            let item = item.map_err(io)?;
            let meta = fs::symlink_metadata(item.path()).map_err(FileError::io(item.path()))?;
            let id = item.file_name().to_string_lossy().into_owned();
            if let Some(at) = time_of(&id).filter(|_| meta.is_file()) {
                let size = meta.len();
                backups.push(Backup { id, at, size });
            }
        }
        backups.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(backups)
    }

    /// The text of a backup.
    ///
    /// # Errors
    /// [`FileError::Missing`], [`FileError::NotText`], [`FileError::Io`].
    pub fn preview(&self, name: &str, id: &str) -> Result<String, FileError> {
        checked(name)?;
        if time_of(id).is_none() {
            return Err(FileError::Missing(id.to_owned()));
        }
        let path = self.own(&format!("backups/{name}"))?.join(id);
        let (bytes, _) = read_plain(&path, id)?;
        String::from_utf8(bytes).map_err(|error| FileError::NotText {
            name: id.to_owned(),
            at: error.utf8_error().valid_up_to(),
        })
    }

    /// Keeps a text among the backups, under the lock of its file.
    pub(super) fn back_up(
        &self,
        name: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<String, FileError> {
        let kept = self.backups(name)?;
        let folder = self.own(&format!("backups/{name}"))?;
        // Two saves within a millisecond, or a clock that was set back, still make two backups, in order.
        let last = kept.first().map_or(0, |newest| newest.at.0 + 1);
        let id = format!("{:0DIGITS$}", now.0.max(last));
        write_whole(
            &self.own("parts")?.join(format!("{name}.{id}")),
            &folder.join(&id),
            text.as_bytes(),
        )?;
        for old in kept.iter().skip(MAX_BACKUPS - 1) {
            let path = folder.join(&old.id);
            fs::remove_file(&path).map_err(FileError::io(path))?;
        }
        Ok(id)
    }
}

fn time_of(id: &str) -> Option<Timestamp> {
    let is_number = id.len() == DIGITS && id.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| id.parse().ok().map(Timestamp)).flatten()
}
