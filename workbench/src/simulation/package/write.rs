//! A package in the making, while somebody reads it. The tables are packed already, so they are stored as they are; the
//! manifest comes last, because it tells what was read.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    MANIFEST, Manifest,
    manifest::{Exported, Listed},
};
use crate::{
    Error,
    simulation::tables::{PATIENTS_FILE, VISITS_FILE},
};

/// Bytes copied at a time.
const PIECE: usize = 1 << 16;

/// Writes the package of a run whose tables are in `folder`. Blocking.
pub(crate) fn write(
    out: impl Write,
    folder: &Path,
    run: Exported,
    exported_at: i64,
) -> Result<(), Error> {
    let mut archive = ZipWriter::new_stream(out);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut files = Vec::new();
    for name in [PATIENTS_FILE, VISITS_FILE] {
        archive.start_file(name, stored).map_err(failed)?;
        files.push(copy(&folder.join(name), name, &mut archive)?);
    }
    let manifest = Manifest::new(run, exported_at, files);
    let text = serde_json::to_vec_pretty(&manifest);
    let text = text.map_err(|error| Error::Internal(error.to_string()))?;
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file(MANIFEST, packed).map_err(failed)?;
    archive.write_all(&text).map_err(unread)?;
    let mut out = archive.finish().map_err(failed)?.into_inner();
    out.flush().map_err(unread)
}

fn copy(path: &Path, name: &str, out: &mut impl Write) -> Result<Listed, Error> {
    let read = |error| Error::io(path, error);
    let mut file = File::open(path).map_err(read)?;
    let (mut hasher, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let length = file.read(&mut piece).map_err(read)?;
        if length == 0 {
            break;
        }
        hasher.update(&piece[..length]);
        out.write_all(&piece[..length]).map_err(unread)?;
        bytes += length as u64;
    }
    Ok(Listed {
        name: name.to_owned(),
        bytes,
        sha256: hex::encode(hasher.finalize()),
    })
}

fn failed(error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(error) => unread(error),
        error => Error::Internal(format!("a package cannot be made: {error}")),
    }
}

/// The only way to fail at writing is that nobody reads any more.
fn unread(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Error::Cancelled,
        _ => Error::io("a package", error),
    }
}
