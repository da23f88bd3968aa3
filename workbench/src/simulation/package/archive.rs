//! A stranger's ZIP: what it claims to hold, checked before anything is unpacked.
//!
//! ZIP files can be read in more than one way (what stands at the end, what stands before each file; twice the same
//! name; 64-bit sizes beside 32-bit ones), and a package that can is refused: so whatever else read it saw the same.

use std::{
    collections::HashSet,
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use zip::{
    CompressionMethod, ZipArchive,
    read::{ArchiveOffset, Config},
};

use super::{MANIFEST, MAX_FILES, MAX_MANIFEST, MAX_RATIO, MAX_UNPACKED, PackageError, name};

/// Bytes of the record that ends a ZIP file without a comment.
const END: u64 = 22;
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
/// Bytes that the list of files may take: so many names of a sensible length.
const MAX_LIST: u64 = MAX_FILES * 1024;
/// Bits of a Unix mode that say what kind of file it is, and those of a plain one.
const KIND: u32 = 0o170_000;
const PLAIN: u32 = 0o100_000;

/// A package's archive, with nothing in it that cannot be unpacked.
pub(super) struct Archive {
    pub(super) zip: ZipArchive<File>,
    /// Place and name of each file, the manifest too.
    pub(super) files: Vec<(usize, String)>,
}

impl Archive {
    pub(super) fn open(mut file: File) -> Result<Self, PackageError> {
        look_at_end(&mut file)?;
        // Nothing stands before it: what the list says is where it is.
        let config = Config {
            archive_offset: ArchiveOffset::Known(0),
        };
        let mut zip = ZipArchive::with_config(config, file)?;
        let files = look_at_files(&zip)?;
        zip.validate_header_consistency()?;
        Ok(Self { zip, files })
    }
}

/// How many files there are and how long their list is, before a reader makes room for them.
fn look_at_end(file: &mut File) -> Result<(), PackageError> {
    let cut = |_| PackageError::Archive("it is cut off".into());
    let size = file.seek(SeekFrom::End(0)).map_err(cut)?;
    let at = size.checked_sub(END);
    let at = at.ok_or_else(|| PackageError::Archive("it is no ZIP file".into()))?;
    let mut end = [0; 22];
    file.seek(SeekFrom::Start(at)).map_err(cut)?;
    file.read_exact(&mut end).map_err(cut)?;
    file.rewind().map_err(cut)?;
    let short = |at: usize| u64::from(u16::from_le_bytes([end[at], end[at + 1]]));
    let long = |at: usize| short(at) | short(at + 2) << 16;
    if end[..4] != END_SIGNATURE || short(20) != 0 {
        let problem = "it does not end as a ZIP file does; it is cut off, or has a comment";
        return Err(PackageError::Archive(problem.into()));
    }
    let (on_disk, files, list, start) = (short(8), short(10), long(12), long(16));
    if files == 0xFFFF || list == 0xFFFF_FFFF || start == 0xFFFF_FFFF {
        let problem = "it speaks of 64-bit sizes, which no package needs";
        return Err(PackageError::Archive(problem.into()));
    }
    if files > MAX_FILES {
        return Err(PackageError::Files(files));
    }
    if on_disk != files || short(4) != 0 || short(6) != 0 || list > MAX_LIST || start + list != at {
        let problem = "the list of its files is not where it says";
        return Err(PackageError::Archive(problem.into()));
    }
    Ok(())
}

fn look_at_files(zip: &ZipArchive<File>) -> Result<Vec<(usize, String)>, PackageError> {
    // The reader has dropped the others already.
    if zip.has_duplicate_names() {
        return Err(PackageError::Twice("one of its files".into()));
    }
    let (mut files, mut total, mut seen) = (Vec::new(), 0_u64, HashSet::new());
    for at in 0..zip.len() {
        let file = zip.by_index_data(at)?;
        let name = name::check(file.name_raw())?.to_owned();
        let is_new = seen.insert(name.to_lowercase());
        if !is_new {
            return Err(PackageError::Twice(name));
        }
        let kind = |what| PackageError::Kind {
            name: name.clone(),
            what,
        };
        let mode = file.unix_mode().unwrap_or_default() & KIND;
        if file.is_symlink() {
            return Err(kind("a link"));
        }
        if file.is_dir() {
            continue;
        }
        if mode != 0 && mode != PLAIN {
            return Err(kind("a device, or something else that is no file"));
        }
        if file.encrypted() {
            return Err(kind("encrypted"));
        }
        if !matches!(
            file.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            return Err(kind("packed in a way that is not read here"));
        }
        if name == MANIFEST && file.size() > MAX_MANIFEST {
            return Err(PackageError::LargeManifest);
        }
        total = total.saturating_add(file.size());
        if total > MAX_UNPACKED {
            return Err(PackageError::Unpacked);
        }
        if file.size() > file.compressed_size().saturating_mul(MAX_RATIO) {
            return Err(PackageError::Ratio(name));
        }
        files.push((at, name));
    }
    Ok(files)
}
