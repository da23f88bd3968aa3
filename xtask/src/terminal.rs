//! The only place that writes to the terminal.

use std::io::Write;

/// One line for the person at the terminal. A closed pipe (`xtask site | head`) is no reason to fail.
pub fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// The reason why the build stopped.
pub fn complain(error: &crate::error::Error) {
    let _ = writeln!(std::io::stderr().lock(), "error: {error}");
}
