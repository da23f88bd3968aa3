//! The first look at a file: its checksum and how its text is encoded. One pass, one buffer.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::{
    encoding::Encoding,
    source::{Job, bytes_text, grouped},
};
use crate::Error;

/// Bytes looked at for the format and the delimiter.
pub(super) const HEAD_BYTES: usize = 64 << 10;

const CHUNK_BYTES: usize = 1 << 20;

/// What the first look found.
#[derive(Debug)]
pub(super) struct Survey {
    /// sha256 of the file, hex.
    pub(super) checksum: String,
    pub(super) bytes: u64,
    pub(super) encoding: Encoding,
}

/// The file's first bytes. Refuses a file over the limit before reading any.
pub(super) fn head(job: &Job) -> Result<Vec<u8>, Error> {
    let bytes = job.source.bytes()?;
    if bytes > job.limits.file_bytes {
        return Err(Error::TooLarge {
            what: format!("{}: {}", job.file, bytes_text(bytes)),
            limit: bytes_text(job.limits.file_bytes),
            setting: "data.file_bytes",
        });
    }
    let mut head = Vec::with_capacity(HEAD_BYTES);
    let mut input = job.source.open()?.take(HEAD_BYTES as u64);
    input
        .read_to_end(&mut head)
        .map_err(|e| job.source.io_error(e))?;
    Ok(head)
}

/// Reads the whole file once. Text without a byte order mark is UTF-8 if all of it is valid, and
/// Latin-1 if hardly anything beyond ASCII is.
pub(super) fn survey(job: &Job, head: &[u8], is_text: bool) -> Result<Survey, Error> {
    let mark = Encoding::from_mark(head);
    let mut utf8 = (is_text && mark.is_none()).then(Utf8Check::default);
    let mut hash = Sha256::new();
    let mut input = job.open()?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let (mut bytes, mut carried) = (0, 0);
    loop {
        job.check_cancel()?;
        let read = input
            .read(&mut chunk[carried..])
            .map_err(|e| job.source.io_error(e))?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hash.update(&chunk[carried..carried + read]);
        let end = carried + read;
        carried = 0;
        if let Some(check) = &mut utf8 {
            carried = check.read(&chunk[..end]);
            chunk.copy_within(end - carried..end, 0);
        }
    }
    let encoding = match (mark, utf8) {
        (Some(encoding), _) => encoding,
        (None, None) => Encoding::Utf8,
        (None, Some(mut check)) => {
            check.broken += u64::from(carried > 0);
            check.verdict(job)?
        }
    };
    Ok(Survey {
        checksum: hex::encode(hash.finalize()),
        bytes,
        encoding,
    })
}

/// Counts what is valid beyond ASCII and what is not.
#[derive(Default)]
struct Utf8Check {
    /// Characters of more than one byte.
    wide: u64,
    /// Bytes that begin no character.
    broken: u64,
    /// Line ends before the first broken byte.
    lines: u64,
}

impl Utf8Check {
    /// Takes a chunk; gives the number of bytes at its end that may begin a character.
    fn read(&mut self, mut chunk: &[u8]) -> usize {
        loop {
            let (valid, error) = match std::str::from_utf8(chunk) {
                Ok(_) => (chunk, None),
                Err(error) => (&chunk[..error.valid_up_to()], Some(error)),
            };
            if self.broken == 0 {
                self.lines += valid.iter().filter(|b| **b == b'\n').count() as u64;
            }
            if !valid.is_ascii() {
                self.wide += valid.iter().filter(|b| **b >= 0xC0).count() as u64;
            }
            let Some(error) = error else { return 0 };
            let rest = &chunk[valid.len()..];
            let Some(length) = error.error_len() else {
                return rest.len();
            };
            self.broken += 1;
            chunk = &rest[length..];
        }
    }

    /// Valid wide characters hardly ever come about in Latin-1; a file with more of them than of
    /// broken bytes is damaged UTF-8, and reading it as Latin-1 would spoil every name in it.
    fn verdict(&self, job: &Job) -> Result<Encoding, Error> {
        match (self.broken, self.wide) {
            (0, _) => Ok(Encoding::Utf8),
            (broken, wide) if broken >= wide => Ok(Encoding::Windows1252),
            (broken, _) => Err(job.bad_line(
                self.lines + 1,
                format!(
                    "a character is not valid UTF-8 here, as in {} place{} of the file, while the rest is. \
                     Save the file again as UTF-8.",
                    grouped(broken),
                    if broken == 1 { "" } else { "s" }
                ),
            )),
        }
    }
}
