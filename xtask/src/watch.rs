//! Waiting for a change, for `make dev`: looks at the times of the sources. No operating system's notification is
//! used, so it works on every system and on network folders too.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::error::{Error, Result};
use crate::fingerprint::files_below;
use crate::layout::Layout;

/// Everything that a build reads.
const SOURCES: [&str; 11] = [
    "src",
    "workbench",
    "app",
    "server",
    "frontend",
    "xtask",
    "style",
    "public",
    "migrations",
    "samples",
    "Cargo.lock",
];
/// Short enough not to be felt; a round looks at some hundred files and takes under 5 ms.
const PAUSE: Duration = Duration::from_millis(300);

/// What the command line says.
#[derive(clap::Args)]
pub struct Options {
    /// A file touched before the last build: what has changed while that build ran counts too
    #[arg(long)]
    since: PathBuf,
}

/// Returns when a source is newer than the mark, or one has been removed.
pub fn wait_for_change(options: &Options) -> Result<()> {
    let layout = Layout::find()?;
    let mark = modified(&options.since).map_err(Error::file("read the time of", &options.since))?;
    let (number, _) = look(&layout.root)?;
    loop {
        let (now, newest) = look(&layout.root)?;
        if now != number || newest > Some(mark) {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
}

/// Number of files and the newest time. An editor's temporary file may be gone before its time is read; it has none.
fn look(root: &Path) -> Result<(usize, Option<SystemTime>)> {
    let mut files = Vec::new();
    for source in SOURCES {
        let source = root.join(source);
        if source.is_file() {
            files.push(source);
        } else {
            files.extend(
                files_below(&source)?
                    .into_iter()
                    .map(|file| source.join(file)),
            );
        }
    }
    let newest = files.iter().filter_map(|file| modified(file).ok()).max();
    Ok((files.len(), newest))
}

fn modified(file: &Path) -> std::io::Result<SystemTime> {
    fs::metadata(file)?.modified()
}
