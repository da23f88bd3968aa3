//! A file that is there whole or not at all: written under another name in the same folder, made
//! durable, then renamed. Dropped before that, it is gone.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use crate::Error;

/// Ends the name of a file that is not whole yet.
pub(super) const PART_SUFFIX: &str = ".part";

/// Imports of the same file at the same time, each with a name of its own.
const MAX_PARTS: u32 = 1_000;

pub(super) struct PartFile {
    path: PathBuf,
    target: PathBuf,
    is_kept: bool,
}

impl PartFile {
    /// Makes the unfinished file beside its target. Its name is taken by making it, so two writers
    /// never share one.
    pub(super) fn create(target: &Path) -> Result<(Self, File), Error> {
        let name = target
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for number in 0..MAX_PARTS {
            let path = target.with_file_name(format!(".{name}.{number}{PART_SUFFIX}"));
            match OpenOptions::new()
                .read(true)
                .write(true)
                .create_new(true)
                .open(&path)
            {
                Ok(file) => {
                    let part = Self {
                        path,
                        target: target.to_owned(),
                        is_kept: false,
                    };
                    return Ok((part, file));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io(path, error)),
            }
        }
        let error =
            io::Error::other("too many unfinished copies; remove the .part files beside it");
        Err(Error::io(target, error))
    }

    /// Where it is until it is kept.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes content and name durable. A crash leaves the old state or the new one.
    pub(super) fn keep(mut self, file: &File) -> Result<(), Error> {
        file.sync_all().map_err(|e| Error::io(&self.path, e))?;
        fs::rename(&self.path, &self.target).map_err(|e| Error::io(&self.target, e))?;
        self.is_kept = true;
        let folder = self.target.parent().unwrap_or(Path::new("."));
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|e| Error::io(folder, e))
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "an unfinished file stays; the next clean-up takes it");
        }
    }
}
