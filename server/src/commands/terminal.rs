//! How a command talks: sentences for a person, or one JSON object a line for a program (`--json`).

use std::io::Write as _;

use holdfast::Progress;
use serde_json::Value;

/// Where a command's words go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Whether a program listens.
    pub is_json: bool,
}

impl Terminal {
    /// What came of it.
    pub(super) fn tell(self, words: impl FnOnce() -> String, value: impl FnOnce() -> Value) {
        match self.is_json {
            true => say(&value().to_string()),
            false => say(&words()),
        }
    }

    /// What only a person wants to know.
    pub(super) fn mention(self, words: &str) {
        if !self.is_json {
            say(words);
        }
    }

    /// Shows a person how far something is, each time another tenth is done.
    pub(super) fn shown(self) -> impl FnMut(Progress) {
        let mut tenths = 0;
        move |progress| {
            let done = progress.copied.0.saturating_mul(10) / progress.of.0.max(1);
            if done > tenths {
                tenths = done;
                self.mention(&format!(
                    "{} of {} changes",
                    progress.copied.0, progress.of.0
                ));
            }
        }
    }
}

/// Rows of words below one another, each column as wide as its longest; numbers are written as words.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    lines.join("\n")
}

/// Tells whoever is at the terminal.
fn say(line: &str) {
    // Nobody may be listening.
    let told = writeln!(std::io::stdout().lock(), "{line}");
    drop(told);
}
