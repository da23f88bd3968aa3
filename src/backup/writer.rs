//! A file that is whole or not there: written beside its place under another name, brought to the
//! disk, and only then given its own.

use std::{
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::{fs::File, io::AsyncWriteExt};

use super::{
    Backup,
    format::{Footer, Line},
    reader::LINE_BYTES,
};
use crate::{CopyError, Revision};

pub(super) struct Writer {
    path: PathBuf,
    /// Removed when this is dropped.
    unfinished: TempPath,
    file: File,
    /// Lines that are not in the file yet.
    lines: Vec<u8>,
    digest: Sha256,
    states: u64,
    notes: u64,
}

impl Writer {
    pub(super) async fn create(path: &Path) -> Result<Self, CopyError> {
        let folder = folder_of(path).to_owned();
        let made = blocking(move || {
            let mut named = tempfile::Builder::new();
            let named = named.prefix(".backup-").suffix(".unfinished");
            named.tempfile_in(folder).map(NamedTempFile::into_parts)
        });
        let (file, unfinished) = made.await.map_err(|source| fault(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            unfinished,
            file: File::from_std(file),
            lines: Vec::new(),
            digest: Sha256::new(),
            states: 0,
            notes: 0,
        })
    }

    pub(super) fn write(&mut self, line: &Line) -> Result<(), CopyError> {
        match line {
            Line::Note(_) => self.notes += 1,
            Line::Change(record) if record.state.version.0 == 1 => self.states += 1,
            _ => {}
        }
        let begin = self.lines.len();
        let written = serde_json::to_writer(&mut self.lines, line);
        written.map_err(|error| fault(&self.path, error.into()))?;
        self.lines.push(b'\n');
        let bytes = (self.lines.len() - begin) as u64;
        if bytes > LINE_BYTES {
            return Err(CopyError::TooLong {
                what: name_of(line),
                bytes,
            });
        }
        self.digest
            .update(self.lines.get(begin..).unwrap_or_default());
        Ok(())
    }

    /// Brings the lines so far into the file, with a check.
    pub(super) async fn flush(&mut self) -> Result<(), CopyError> {
        let check = Line::Check(self.sha256());
        self.write(&check)?;
        let written = self.file.write_all(&self.lines).await;
        written.map_err(|source| fault(&self.path, source))?;
        self.lines.clear();
        Ok(())
    }

    pub(super) async fn finish(mut self, revision: Revision) -> Result<Backup, CopyError> {
        let footer = Footer {
            revision,
            states: self.states,
            notes: self.notes,
            sha256: self.sha256(),
        };
        self.write(&Line::End(footer.clone()))?;
        let Self {
            path,
            unfinished,
            mut file,
            lines,
            ..
        } = self;
        let name = path.clone();
        let finished = async {
            file.write_all(&lines).await?;
            file.flush().await?;
            file.sync_all().await?;
            blocking(move || {
                unfinished.persist(&name)?;
                // The name is on the disk only when the folder is.
                std::fs::File::open(folder_of(&name))?.sync_all()
            })
            .await
        };
        finished.await.map_err(|source| fault(&path, source))?;
        Ok(footer.into())
    }

    fn sha256(&self) -> String {
        format!("{:x}", self.digest.clone().finalize())
    }
}

impl From<Footer> for Backup {
    fn from(footer: Footer) -> Self {
        Self {
            revision: footer.revision,
            states: footer.states,
            notes: footer.notes,
            sha256: footer.sha256,
        }
    }
}

/// What a line is about, for whoever has to do something about it.
fn name_of(line: &Line) -> String {
    match line {
        Line::Note(note) => format!("the note `{}`", note.name),
        Line::Change(record) => {
            let state = &record.state;
            format!(
                "`{}` of {} at version {}",
                state.id, state.scope, state.version
            )
        }
        Line::Begin(_) | Line::Check(_) | Line::End(_) => "a line".into(),
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Runs what waits for the disk where that holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

pub(super) fn fault(path: &Path, source: io::Error) -> CopyError {
    let path = path.to_owned();
    CopyError::File { path, source }
}
