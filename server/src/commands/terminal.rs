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

/// Tells whoever is at the terminal.
fn say(line: &str) {
    // Nobody may be listening.
    let told = writeln!(std::io::stdout().lock(), "{line}");
    drop(told);
}
