//! What the folder of runs asks of a disk.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::Path,
};

use serde::de::DeserializeOwned;

use crate::Error;

pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = fs::read(path).map_err(|error| Error::io(path, error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Error::Internal(format!("{}: {error}", path.display())))
}

pub(super) fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = |error| Error::io(folder, error);
    let mut names = Vec::new();
    for item in fs::read_dir(folder).map_err(failed)? {
        names.extend(item.map_err(failed)?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// A file or a folder that need not be there.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    let removed = match path.is_dir() {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path, error)),
        _ => Ok(()),
    }
}

pub(super) fn sync(folder: &Path) -> Result<(), Error> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Error::io(folder, error))
}
