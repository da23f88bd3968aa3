//! Files that are whole or not there.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::Error;

/// A file that appears under its name only when it is whole, and leaves nothing behind otherwise.
pub(crate) struct Unfinished {
    path: PathBuf,
    is_kept: bool,
}

/// Two merges of the same result at once must not write into one file.
static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Unfinished {
    /// A new file in `folder`, which is cleared when the workbench opens.
    pub(crate) fn create(folder: &Path, name: &str) -> Result<(Self, File), Error> {
        let path = Self::path_of(folder, name);
        let file = File::create_new(&path).map_err(|e| Error::io(&path, e))?;
        Ok((
            Self {
                path,
                is_kept: false,
            },
            file,
        ))
    }

    /// A path in `folder` that no other file has.
    pub(crate) fn path_of(folder: &Path, name: &str) -> PathBuf {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        folder.join(format!("{name}.{}.{number}", std::process::id()))
    }

    /// Where it is until then.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// On disk, then under its name, then the name on disk: bytes of the file.
    pub(crate) fn finish(mut self, file: &File, target: &Path) -> Result<u64, Error> {
        file.sync_all().map_err(|e| Error::io(&self.path, e))?;
        let bytes = file.metadata().map_err(|e| Error::io(&self.path, e))?.len();
        fs::rename(&self.path, target).map_err(|e| Error::io(target, e))?;
        self.is_kept = true;
        if let Some(folder) = target.parent() {
            let folder_file = File::open(folder).map_err(|e| Error::io(folder, e))?;
            folder_file.sync_all().map_err(|e| Error::io(folder, e))?;
        }
        Ok(bytes)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "an unfinished file stays behind");
        }
    }
}
