//! Which names a configuration may have: one plain file name, the same on every system, with an ending we know.

use super::FileError;
use crate::configurations::merge::Format;

/// Bytes of a name; file systems take 255, and backups add to it.
const MAX_NAME: usize = 180;

/// The format of a file of this name, if the name is allowed.
pub(in crate::configurations) fn checked(name: &str) -> Result<Format, FileError> {
    let refuse = |problem| {
        Err(FileError::BadName {
            name: name.to_owned(),
            problem,
        })
    };
    if name.is_empty() || name.len() > MAX_NAME {
        return refuse("it needs 1 to 180 bytes");
    }
    if name.starts_with('.') || name.ends_with(['.', ' ']) || name.starts_with(' ') {
        return refuse("it may not begin with a dot or a space, nor end with one");
    }
    let is_forbidden = |c: char| {
        c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
    };
    if name.contains(is_forbidden) {
        return refuse("it may not have / \\ : * ? \" < > | or control characters");
    }
    match Format::of_name(name) {
        Some(format) => Ok(format),
        None => refuse("it has to end with .yaml, .yml, .toml, .json or .jsonc"),
    }
}
