//! Where the next page begins, as text that callers keep and give back.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use super::{Total, parse::Misread, sort::Key};

/// The place behind a page. It belongs to one query in one scope: with another it is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// Of the query and the scope.
    pub(crate) print: u64,
    pub(crate) key: Key,
    /// What was counted for the first page, so that it is counted once.
    pub(crate) total: Total,
}

/// The first bytes of a hash: enough to notice a mistake, which is all that it is for.
pub(crate) fn print_of(text: &str) -> u64 {
    let hash = Sha256::digest(text);
    hash.iter()
        .take(8)
        .fold(0, |print, byte| print << 8 | u64::from(*byte))
}

impl fmt::Display for Cursor {
    /// Hexadecimal, so that it goes into an address as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            serde_json::to_string(&(self.print, &self.key, self.total)).map_err(|_| fmt::Error)?;
        text.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Cursor {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        decoded(text).ok_or_else(|| Misread {
            column: 1,
            problem: "this is not a cursor; take `next` of a page".into(),
        })
    }
}

fn decoded(text: &str) -> Option<Cursor> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let bytes: Vec<u8> = digits?
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect();
    let (print, key, total) = serde_json::from_slice(&bytes).ok()?;
    Some(Cursor { print, key, total })
}
