//! The folder: what is in it, and reading one file. Nothing is followed out of it.

use std::{
    fs::{self, File, Metadata},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use holdfast::Timestamp;
use sha2::{Digest, Sha256};

use super::{FileError, name::checked};
use crate::configurations::merge::{Format, MAX_BYTES, MergeError, etag};

/// Where our own things are, within the folder.
const OWN: &str = ".holdfast";

/// A folder of configuration files.
#[derive(Debug, Clone)]
pub struct Folder {
    pub(in crate::configurations) root: PathBuf,
}

/// A file as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// By its ending.
    pub format: Format,
    /// In bytes.
    pub size: u64,
    /// When it was written last, by whatever program.
    pub modified: Timestamp,
}

/// A file as it is on disk.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// By its ending.
    pub format: Format,
    /// All of it.
    pub text: String,
    /// Its version. Of a file that is not valid, a hash of its bytes that begins with `raw-`.
    pub etag: String,
    /// Why it is not valid, if it is not.
    pub fault: Option<MergeError>,
    /// When it was written last.
    pub modified: Timestamp,
}

impl Folder {
    /// Opens a folder, and makes it if it is not there.
    ///
    /// # Errors
    /// [`FileError::Io`] if it cannot be made or is no folder.
    pub fn open(root: &Path) -> Result<Self, FileError> {
        fs::create_dir_all(root).map_err(FileError::io(root))?;
        let root = root.canonicalize().map_err(FileError::io(root))?;
        Ok(Self { root })
    }

    /// The configurations in the folder by name. Links, folders and files of other kinds are left out.
    ///
    /// # Errors
    /// [`FileError::Io`] if the folder cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, FileError> {
        let io = |error| FileError::io(&self.root)(error);
        let mut files = Vec::new();
        for item in fs::read_dir(&self.root).map_err(io)? {
            let item = item.map_err(io)?;
            let Ok(name) = item.file_name().into_string() else {
                continue;
            };
            let (Ok(format), Ok(meta)) = (checked(&name), fs::symlink_metadata(item.path())) else {
                continue;
            };
            if meta.is_file() {
                files.push(Listed {
                    name,
                    format,
                    size: meta.len(),
                    modified: modified(&meta),
                });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// Reads one file.
    ///
    /// # Errors
    /// [`FileError::BadName`], [`FileError::Missing`], [`FileError::NotAFile`], [`FileError::NotText`],
    /// [`FileError::TooLarge`], [`FileError::Io`].
    pub fn read(&self, name: &str) -> Result<Loaded, FileError> {
        let format = checked(name)?;
        let path = self.root.join(name);
        let (bytes, meta) = read_plain(&path, name)?;
        let text = String::from_utf8(bytes).map_err(|error| FileError::NotText {
            name: name.to_owned(),
            at: error.utf8_error().valid_up_to(),
        })?;
        let (etag, fault) = match etag(format, &text) {
            Ok(etag) => (etag, None),
            Err(fault) => (raw(&text), Some(fault)),
        };
        Ok(Loaded {
            format,
            text,
            etag,
            fault,
            modified: modified(&meta),
        })
    }

    /// Whether there is a plain file of this name.
    pub fn has(&self, name: &str) -> bool {
        let meta = |path| fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file());
        checked(name).is_ok() && meta(self.root.join(name))
    }

    /// A folder of ours below the root, made if it is not there.
    pub(super) fn own(&self, part: &str) -> Result<PathBuf, FileError> {
        let mut path = self.root.join(OWN);
        for part in [""].into_iter().chain(part.split('/')) {
            if !part.is_empty() {
                path.push(part);
            }
            match fs::create_dir(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(FileError::io(path)(error)),
            }
            // A link in its place would lead our writing out of the folder.
            let meta = fs::symlink_metadata(&path).map_err(FileError::io(&path))?;
            if !meta.is_dir() {
                return Err(FileError::NotAFile(path.display().to_string()));
            }
        }
        Ok(path)
    }
}

/// Reads a plain file, not through a link, not beyond the limit.
pub(super) fn read_plain(path: &Path, name: &str) -> Result<(Vec<u8>, Metadata), FileError> {
    let lost = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => FileError::Missing(name.to_owned()),
        _ => FileError::io(path)(error),
    };
    // Nothing but a plain file is opened: a pipe would wait for ever.
    let is_plain = || {
        fs::symlink_metadata(path)
            .map(|meta| meta.is_file())
            .map_err(lost)
    };
    if !is_plain()? {
        return Err(FileError::NotAFile(name.to_owned()));
    }
    let file = File::open(path).map_err(lost)?;
    let meta = file.metadata().map_err(FileError::io(path))?;
    // And again, for a link that was put there between the look and the opening.
    if !meta.is_file() || !is_plain()? {
        return Err(FileError::NotAFile(name.to_owned()));
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(FileError::io(path))?;
    if bytes.len() > MAX_BYTES {
        return Err(FileError::TooLarge {
            name: name.to_owned(),
            limit: MAX_BYTES,
        });
    }
    Ok((bytes, meta))
}

fn raw(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    format!("raw-{}", hex::encode(&hash[..8]))
}

pub(super) fn modified(meta: &Metadata) -> Timestamp {
    let since = meta
        .modified()
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let millis = since.map_or(0, |since| since.as_millis());
    Timestamp(i64::try_from(millis).unwrap_or(i64::MAX))
}
