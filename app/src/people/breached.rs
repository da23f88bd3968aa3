//! Passwords that were stolen elsewhere: a list of their hashes in a file, looked up where it lies.
//!
//! The file is the one that Pwned Passwords offers, ordered by hash: a line for each password, the SHA-1 of it in hex and, if
//! you like, a colon and how often it was seen. It may have forty gigabytes, so it is never read whole: about as many reads
//! as its length has bits find a line. No password and no hash leaves this computer.

use std::{
    cmp::Ordering,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use sha1::{Digest as _, Sha1};

/// Hex digits of a hash.
const DIGITS: usize = 40;
/// Longest line: a hash, a colon, a count, and how the line ends.
const LINE: usize = 64;

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BreachedError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// It is not a list of hashes.
    #[error("{}: byte {at} is in no line of 40 hex digits, optionally with `:` and a count", path.display())]
    NoList {
        /// Which.
        path: PathBuf,
        /// Where.
        at: u64,
    },
}

/// A list of stolen passwords. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breached(PathBuf);

impl Breached {
    /// The list in this file.
    ///
    /// # Errors
    /// When it cannot be read, or its first line is no hash.
    pub fn in_file(path: &Path) -> Result<Self, BreachedError> {
        let list = Self(path.to_owned());
        list.has(b"")?;
        let (mut file, length) = list.open()?;
        if length == 0 {
            return Err(list.no_list(0));
        }
        list.line_at(&mut file, 0, length)?;
        Ok(list)
    }

    /// Whether this password is in it. Reads the disk: not for an async thread.
    ///
    /// # Errors
    /// When it cannot be read, or is not what it was.
    pub(super) fn has(&self, password: &[u8]) -> Result<bool, BreachedError> {
        let sought = hex::encode(Sha1::digest(password));
        let (mut file, length) = self.open()?;
        // The line is one that begins at `from` or behind it, and before `to`.
        let (mut from, mut to) = (0, length);
        while from < to {
            let middle = from + (to - from) / 2;
            let begin = self.line_begin(&mut file, middle)?;
            let (hash, end) = self.line_at(&mut file, begin, length)?;
            match hash.as_str().cmp(sought.as_str()) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => from = end,
                Ordering::Greater => to = begin,
            }
        }
        Ok(false)
    }

    fn open(&self) -> Result<(File, u64), BreachedError> {
        let file = File::open(&self.0).map_err(|source| self.unreadable(source))?;
        let about = file.metadata().map_err(|source| self.unreadable(source))?;
        Ok((file, about.len()))
    }

    /// Where the line that this byte is in begins.
    fn line_begin(&self, file: &mut File, at: u64) -> Result<u64, BreachedError> {
        let from = at.saturating_sub(LINE as u64);
        let before = self.read(file, from, at - from)?;
        match before.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => Ok(from + end as u64 + 1),
            None if from == 0 => Ok(0),
            None => Err(self.no_list(at)),
        }
    }

    /// The hash of the line that begins here, and where the next one does.
    fn line_at(
        &self,
        file: &mut File,
        begin: u64,
        length: u64,
    ) -> Result<(String, u64), BreachedError> {
        let read = self.read(file, begin, (LINE as u64).min(length - begin))?;
        let (line, end) = match read.iter().position(|byte| *byte == b'\n') {
            Some(end) => (&read[..end], begin + end as u64 + 1),
            None if begin + read.len() as u64 == length => (&read[..], length),
            None => return Err(self.no_list(begin)),
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (hash, rest) = line
            .split_at_checked(DIGITS)
            .ok_or_else(|| self.no_list(begin))?;
        let is_count = matches!(rest, [] | [b':', ..]);
        match std::str::from_utf8(hash) {
            Ok(hash) if is_count && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Ok((hash.to_ascii_lowercase(), end))
            }
            _ => Err(self.no_list(begin)),
        }
    }

    fn read(&self, file: &mut File, from: u64, bytes: u64) -> Result<Vec<u8>, BreachedError> {
        let mut read = Vec::new();
        let at = file.seek(SeekFrom::Start(from));
        at.and_then(|_| file.take(bytes).read_to_end(&mut read))
            .map_err(|source| self.unreadable(source))?;
        Ok(read)
    }

    fn unreadable(&self, source: io::Error) -> BreachedError {
        BreachedError::Unreadable {
            path: self.0.clone(),
            source,
        }
    }

    fn no_list(&self, at: u64) -> BreachedError {
        BreachedError::NoList {
            path: self.0.clone(),
            at,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    /// A list of these passwords, each line with this behind its hash.
    fn list(folder: &Path, passwords: &[String], rest: &str, last: &str) -> PathBuf {
        let hash = |password: &String| hex::encode_upper(Sha1::digest(password));
        let mut lines: Vec<_> = passwords.iter().map(hash).collect();
        lines.sort_unstable();
        let path = folder.join("breached.txt");
        std::fs::write(&path, lines.join(&format!("{rest}\n")) + last).unwrap();
        path
    }

    #[test]
    fn each_password_of_a_list_is_found_and_no_other() {
        let folder = std::env::temp_dir().join(format!("holdfast-{}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        for many in [1, 2, 3, 64, 501] {
            let passwords: Vec<_> = (0..many).map(|n| format!("password {n}")).collect();
            for (rest, last) in [
                ("", ""),
                ("", "\n"),
                (":1234567", ":1\n"),
                (":3\r", ":3\r\n"),
            ] {
                let breached = Breached::in_file(&list(&folder, &passwords, rest, last)).unwrap();
                for password in &passwords {
                    assert!(breached.has(password.as_bytes()).unwrap(), "{password}");
                    let other = format!("not {password}");
                    assert!(!breached.has(other.as_bytes()).unwrap(), "{other}");
                }
            }
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_place() {
        let folder = std::env::temp_dir().join(format!("holdfast-{}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("breached.txt");
        for text in ["", "\n", "password\n", &"a".repeat(200), &"x".repeat(40)] {
            std::fs::write(&path, text).unwrap();
            let refused = Breached::in_file(&path);
            assert!(
                matches!(refused, Err(BreachedError::NoList { .. })),
                "{text}"
            );
        }
        std::fs::remove_dir_all(&folder).unwrap();
        let gone = Breached::in_file(&path);
        assert!(matches!(gone, Err(BreachedError::Unreadable { .. })));
    }
}
