//! Files out of a package, counted and hashed on the way.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{MANIFEST, MAX_MANIFEST, Manifest, PackageError, archive::Archive, manifest::Listed};
use crate::{
    Error,
    simulation::tables::{PATIENTS_FILE, VISITS_FILE},
};

/// Bytes unpacked at a time.
const PIECE: usize = 1 << 16;

/// The manifest of the package at `path`, with nothing unpacked. Blocking.
pub(crate) fn manifest(path: &Path) -> Result<Manifest, PackageError> {
    read_manifest(&mut open(path)?)
}

fn open(path: &Path) -> Result<Archive, PackageError> {
    let file = File::open(path).map_err(|error| Error::io(path, error))?;
    Archive::open(file)
}

/// Unpacks both tables of the package at `path` into an empty folder. Everything in the package is read and compared
/// with its manifest; what the tables hold is not looked at here. Blocking.
///
/// # Errors
/// [`PackageError`]; what is in the folder then is the caller's to remove.
pub(crate) fn unpack(path: &Path, folder: &Path) -> Result<Manifest, PackageError> {
    let mut archive = open(path)?;
    let manifest = read_manifest(&mut archive)?;
    for name in [PATIENTS_FILE, VISITS_FILE] {
        if !archive.files.iter().any(|(_, file)| file == name) {
            return Err(PackageError::Missing(name.into()));
        }
    }
    for listed in &manifest.files {
        let mut named = archive
            .files
            .iter()
            .filter(|(_, name)| *name == listed.name);
        if named.next().is_none() {
            return Err(PackageError::Missing(listed.name.clone()));
        }
    }
    for (at, name) in std::mem::take(&mut archive.files) {
        if name == MANIFEST {
            continue;
        }
        let mut listed = manifest.files.iter().filter(|listed| listed.name == name);
        let (Some(listed), None) = (listed.next(), listed.next()) else {
            return Err(PackageError::Unlisted(name));
        };
        let is_table = [PATIENTS_FILE, VISITS_FILE].contains(&name.as_str());
        let target = is_table.then(|| folder.join(&name));
        take(&mut archive, at, listed, target.as_deref())?;
    }
    Ok(manifest)
}

fn read_manifest(archive: &mut Archive) -> Result<Manifest, PackageError> {
    let place = archive.files.iter().find(|(_, name)| name == MANIFEST);
    let at = place.map(|(at, _)| *at);
    let at = at.ok_or_else(|| PackageError::Missing(MANIFEST.into()))?;
    let file = archive.zip.by_index(at)?;
    let mut text = Vec::new();
    // It may have lied about its size.
    let read = file.take(MAX_MANIFEST + 1).read_to_end(&mut text);
    read.map_err(|error| PackageError::Manifest(format!("cannot be unpacked: {error}")))?;
    if text.len() as u64 > MAX_MANIFEST {
        return Err(PackageError::LargeManifest);
    }
    Manifest::read(&text)
}

/// Reads one file to its end, which must be where the manifest says, and writes it where it is wanted.
fn take(
    archive: &mut Archive,
    at: usize,
    listed: &Listed,
    target: Option<&Path>,
) -> Result<(), PackageError> {
    let differs = |problem: String| PackageError::Differs {
        name: listed.name.clone(),
        problem,
    };
    let mut file = archive.zip.by_index(at)?;
    if file.size() != listed.bytes {
        let problem = format!("it has {} bytes instead of {}", file.size(), listed.bytes);
        return Err(differs(problem));
    }
    let mut out = match target {
        Some(path) => Some(File::create_new(path).map_err(|error| Error::io(path, error))?),
        None => None,
    };
    let disk = |error| PackageError::Disk(Error::io(target.unwrap_or(Path::new("")), error));
    let (mut hasher, mut bytes, mut piece) = (Sha256::new(), 0_u64, vec![0; PIECE]);
    loop {
        let length = file.read(&mut piece);
        let length = length.map_err(|error| differs(format!("it cannot be unpacked: {error}")))?;
        if length == 0 {
            break;
        }
        bytes += length as u64;
        if bytes > listed.bytes {
            return Err(differs(format!("it goes on behind {} bytes", listed.bytes)));
        }
        hasher.update(&piece[..length]);
        if let Some(out) = &mut out {
            out.write_all(&piece[..length]).map_err(disk)?;
        }
    }
    if bytes != listed.bytes {
        return Err(differs(format!("it ends after {bytes} bytes")));
    }
    let sum = hex::encode(hasher.finalize());
    if sum != listed.sha256 {
        return Err(differs(format!("its SHA-256 is {sum}")));
    }
    match out {
        Some(out) => out.sync_all().map_err(disk),
        None => Ok(()),
    }
}
