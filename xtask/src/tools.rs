//! Running other programs: cargo, the npm project's tools.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// Runs `command` to its end. What it prints is shown only when it fails, so that a good build stays readable.
pub fn run(command: &mut Command) -> Result<()> {
    let tool = name(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Missing {
            tool: tool.clone(),
            source,
        })?;
    if output.status.success() {
        return Ok(());
    }
    crate::terminal::say(String::from_utf8_lossy(&output.stdout));
    crate::terminal::say(String::from_utf8_lossy(&output.stderr));
    Err(Error::Tool {
        tool,
        status: output.status,
    })
}

/// Runs `command` with its output passed through: for cargo, which takes minutes and reports its progress.
pub fn run_shown(command: &mut Command) -> Result<()> {
    let tool = name(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|source| Error::Missing {
            tool: tool.clone(),
            source,
        })?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Tool { tool, status })
    }
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program
        .file_name()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned()
}
