//! What an import reads: a file, or bytes that came with the program. Only ever opened for reading.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use crate::{Error, Limits, Workbench};

/// Where the bytes are.
#[derive(Debug, Clone)]
pub(super) enum Source {
    File(PathBuf),
    Bytes(&'static [u8]),
}

impl Source {
    pub(super) fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        Ok(match self {
            Self::File(path) => Box::new(File::open(path).map_err(|e| Error::io(path, e))?),
            Self::Bytes(bytes) => Box::new(*bytes),
        })
    }

    pub(super) fn bytes(&self) -> Result<u64, Error> {
        match self {
            Self::File(path) => Ok(std::fs::metadata(path)
                .map_err(|e| Error::io(path, e))?
                .len()),
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
        }
    }

    pub(super) fn io_error(&self, error: io::Error) -> Error {
        match self {
            Self::File(path) => Error::io(path, error),
            Self::Bytes(_) => Error::Internal(error.to_string()),
        }
    }
}

/// One import: what is read, under which name, within which limits, until when.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) source: Source,
    /// The file's name, safe to show.
    pub(super) file: Arc<str>,
    pub(super) limits: Limits,
    pub(super) cancel: CancellationToken,
    /// Grows with what is read of the source.
    pub(super) read: Arc<AtomicU64>,
}

/// A source whose bytes are counted as they are read.
struct Counted {
    input: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(room)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Job {
    /// The source from its beginning, for one pass over it.
    pub(super) fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        Ok(Box::new(Counted {
            input: self.source.open()?,
            read: Arc::clone(&self.read),
        }))
    }

    /// So many of all rows are through the passes after the first, of a source that is not read byte by byte.
    pub(super) fn passed(&self, rows: u64, of: u64) {
        let left = u128::from(self.source.bytes().unwrap_or_default() * (Workbench::PASSES - 1));
        let share = left * u128::from(rows) / u128::from(of.max(1));
        let share = u64::try_from(share).unwrap_or_default();
        self.read.fetch_add(share, Ordering::Relaxed);
    }

    pub(super) fn check_cancel(&self) -> Result<(), Error> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    /// The file is at fault, on this line.
    pub(super) fn bad_line(&self, line: u64, problem: impl Into<String>) -> Error {
        self.bad(Some(line), None, problem)
    }

    /// The file is at fault as a whole.
    pub(super) fn bad_file(&self, problem: impl Into<String>) -> Error {
        self.bad(None, None, problem)
    }

    pub(super) fn bad(
        &self,
        line: Option<u64>,
        column: Option<String>,
        problem: impl Into<String>,
    ) -> Error {
        Error::BadFile {
            file: self.file.to_string(),
            line,
            column,
            problem: problem.into(),
        }
    }

    /// More columns than the setting allows.
    pub(super) fn too_many_columns(&self, found: &str) -> Error {
        Error::TooLarge {
            what: format!("{}: {found} columns", self.file),
            limit: format!("{} columns", grouped(self.limits.columns as u64)),
            setting: "data.columns",
        }
    }
}

/// A number for people: `10,000`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size for people: `2 GB`, `1 MB`, `512 bytes`.
pub(crate) fn bytes_text(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];
    for (size, unit) in UNITS {
        if bytes >= size {
            let tenths = bytes.saturating_mul(10).div_ceil(size);
            return if tenths % 10 == 0 {
                format!("{} {unit}", tenths / 10)
            } else {
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            };
        }
    }
    format!("{bytes} bytes")
}
