//! Where something stands in a file, and how what is wrong with the file is said.

use crate::Error;

/// Characters of a name or value that are repeated in an answer.
pub(super) const MOST_REPEATED: usize = 80;

/// Beginning of a text that may be a stranger's whole file.
pub(in crate::query::parameters) fn short(text: &str) -> String {
    cut(text, MOST_REPEATED)
}

pub(super) fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.to_owned(),
    }
}

/// The text of a file.
pub(super) fn decoded<'t>(file: &str, bytes: &'t [u8]) -> Result<&'t str, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
        bad_file(file, Some((line, 1)), "this is not UTF-8 text".into())
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What is wrong with a file, and where.
pub(super) fn bad_file(file: &str, place: Option<(u64, u64)>, problem: String) -> Error {
    Error::BadFile {
        file: short(file),
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column.to_string()),
        problem,
    }
}

/// Where each line begins.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(
            std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect(),
        )
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, at: usize) -> u64 {
        self.0.partition_point(|start| *start <= at) as u64
    }

    /// Line and column, in characters, from 1.
    pub(super) fn place(&self, text: &str, at: usize) -> (u64, u64) {
        let line = self.line(at);
        let start = self.0[line as usize - 1];
        let before = text.get(start..at.min(text.len())).unwrap_or_default();
        (line, 1 + before.chars().count() as u64)
    }
}
