//! Content hashes: of a step's inputs, to skip what has not changed; of an output, to name it.
//!
//! Contents and not times, because a fresh clone has new times and old contents.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Hex digits in a hashed file name: 64 bits, far beyond the versions a cache ever sees.
const NAME_DIGITS: usize = 16;

/// Gathers inputs in a fixed order.
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Starts with this program's own bytes: a changed build tool builds everything anew.
    pub fn new() -> Result<Self> {
        let own = std::env::current_exe().map_err(Error::file("find", "xtask"))?;
        Self(Sha256::new()).file(&own)
    }

    /// Adds some bytes, with their length, so that neighbours cannot run into each other.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds one file's contents.
    pub fn file(self, path: &Path) -> Result<Self> {
        let contents = fs::read(path).map_err(Error::file("read", path))?;
        Ok(self.bytes(&contents))
    }

    /// Adds every file below `folder`, with its name. A folder that is not there adds nothing.
    pub fn folder(self, folder: &Path) -> Result<Self> {
        files_below(folder)?.iter().try_fold(self, |print, path| {
            print
                .bytes(path.to_string_lossy().as_bytes())
                .file(&folder.join(path))
        })
    }

    /// The hash of all that was added.
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// The hash that goes into the name of a file with this content.
pub fn name_of(contents: &[u8]) -> String {
    name_of_all([contents])
}

/// The hash that goes into the names of files that are only ever used together.
pub fn name_of_all<'a>(contents: impl IntoIterator<Item = &'a [u8]>) -> String {
    let print = contents
        .into_iter()
        .fold(Fingerprint(Sha256::new()), Fingerprint::bytes);
    let mut name = print.finish();
    name.truncate(NAME_DIGITS);
    name
}

/// All files below `folder`, relative to it, sorted. Empty when the folder is not there.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(relative) = waiting.pop() {
        let here = folder.join(&relative);
        let entries = match fs::read_dir(&here) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::file("list", here)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(Error::file("list", &here))?;
            let kind = entry
                .file_type()
                .map_err(Error::file("look at", entry.path()))?;
            let path = relative.join(entry.file_name());
            if kind.is_dir() {
                waiting.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_depends_on_where_one_content_ends_and_the_next_begins() {
        let (a, b) = (
            name_of_all([b"ab".as_slice(), b"c"]),
            name_of_all([b"a".as_slice(), b"bc"]),
        );
        assert_ne!(a, b);
        assert_eq!(a.len(), NAME_DIGITS);
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_files() {
        let files = files_below(Path::new("no/such/folder"));
        assert_eq!(files.ok(), Some(Vec::new()));
    }
}
