//! Where an export goes: into a file, whole or not at all, or to standard output.

use std::{
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    pin::pin,
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use serde_json::json;
use tempfile::NamedTempFile;

use super::{Terminal, bar::Of};
use crate::{Error, application::stop::stop_signal};

/// What stands for standard output.
const STANDARD: &str = "-";

/// Where it goes.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Target {
    /// The file, `-` for standard output; without it, a file in this folder that is called as a download would be
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(super) to: Option<PathBuf>,
}

/// Writes what comes to `to`, and tells how much it was. A reader who leaves early has had enough.
pub(super) async fn write<E: Into<Error>>(
    pieces: impl Stream<Item = Result<Bytes, E>>,
    to: &Path,
    terminal: Terminal,
) -> Result<(), Error> {
    let bar = terminal.bar(0, Of::SomeBytes);
    let seen = pieces.map(|piece| piece.map_err(Into::into));
    let seen = seen.inspect(|piece| bar.inc(piece.as_ref().map_or(0, |piece| piece.len() as u64)));
    if to == Path::new(STANDARD) {
        return match poured(seen, io::stdout()).await {
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::BrokenPipe => Ok(()),
            poured => poured,
        };
    }
    // In the same folder, so that the last step is one of names only. Dropped before that, it is gone.
    let folder = match to.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = unfinished(folder).map_err(Error::io(to))?;
    poured(seen, file.as_file_mut()).await?;
    file.as_file().sync_all().map_err(Error::io(to))?;
    let bytes = file.as_file().metadata().map_err(Error::io(to))?.len();
    let kept = file.persist(to).map_err(|error| error.error);
    kept.map_err(Error::io(to))?;
    bar.finish_and_clear();
    let name = to.display();
    terminal.tell(
        || format!("{name}: {bytes} bytes"),
        || json!({ "file": name.to_string(), "bytes": bytes }),
    );
    Ok(())
}

/// Piece by piece: one of them is in memory. A signal ends it, and what is unfinished goes.
async fn poured(
    pieces: impl Stream<Item = Result<Bytes, Error>>,
    mut out: impl Write,
) -> Result<(), Error> {
    let (mut pieces, mut signal) = (pin!(pieces), pin!(stop_signal()));
    loop {
        let piece = tokio::select! {
            piece = pieces.next() => piece,
            () = &mut signal => {
                let problem = "interrupted; the file is as it was before";
                return Err(Error::Interrupted(problem.into()));
            }
        };
        match piece {
            Some(piece) => out.write_all(&piece?).map_err(Error::io("the output"))?,
            None => return out.flush().map_err(Error::io("the output")),
        }
    }
}

/// A file that others may read as they may read any new file of this person's.
fn unfinished(folder: &Path) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    file.prefix(".holdfast-").tempfile_in(folder)
}
