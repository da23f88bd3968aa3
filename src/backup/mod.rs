//! Backup to one file while everybody goes on writing, and back into an engine on any backend.
//!
//! The file is the log up to one revision and the notes, as JSON lines: `format` says what they
//! are, `writer` makes a file that is whole or not there at all, `reader` finds out whether one is
//! whole. What is sealed in the backend stays sealed in the file.

mod format;
mod reader;
mod writer;

use std::{path::Path, sync::Arc};

use self::{
    format::{Header, Line, Noted, Recorded},
    reader::Reader,
    writer::Writer,
};
use crate::{
    Change, CopyError, Progress, Revision, State, StateManager,
    copy::{self, Copier},
    schema::start as schema,
};

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Everything up to this place in the log is in it.
    pub revision: Revision,
    /// How many states there were, deleted ones too.
    pub states: u64,
    /// How many notes.
    pub notes: u64,
    /// SHA-256 of the content, as hexadecimal text.
    pub sha256: String,
}

impl StateManager {
    /// Writes everything up to this moment's revision (or a little further, where old content is removed
    /// meanwhile) into one file at `path`, which takes the place
    /// of an older one when it is complete. Others may write meanwhile; it takes as much memory as
    /// some hundred changes. To cancel it, drop it.
    ///
    /// # Errors
    /// [`CopyError::File`], [`CopyError::Gap`], [`CopyError::Engine`]: there is no new file then.
    pub async fn backup(
        &self,
        path: impl AsRef<Path> + Send,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<Backup, CopyError> {
        // Notes first: one that says how far somebody has read the log is then not ahead of it.
        let notes = self.within("backup", self.backend().notes("")).await?;
        let revision = self.revision().await?;
        let mut file = Writer::create(path.as_ref()).await?;
        file.write(&Line::Begin(Header {
            format: format::NEWEST,
            revision,
            made_at: self.now(),
        }))?;
        for (name, note) in notes {
            let value = note.value;
            file.write(&Line::Note(Noted { name, value }))?;
        }
        let (mut copied, mut of) = (Revision(0), revision);
        while copied < of {
            for change in copy::page(self, copied, of).await? {
                copied = change.revision;
                // Content that went meanwhile takes with it the change that says so.
                let removed = change.after.removed.as_ref();
                of = removed.map_or(of, |removed| of.max(removed.by));
                file.write(&Line::Change(Recorded::of(change)))?;
            }
            file.flush().await?;
            progress(Progress { copied, of });
        }
        file.finish(of).await
    }

    /// Whether a file is a whole backup that this engine could be restored from; nothing is written.
    ///
    /// # Errors
    /// [`CopyError`] says what is wrong with it, and where.
    pub async fn check_backup(&self, path: impl AsRef<Path> + Send) -> Result<Backup, CopyError> {
        Reader::open(path.as_ref()).await?.check(self).await
    }

    /// Brings a backup into this engine, which must be empty but for what opening it noted. All of the file is checked before
    /// anything is written, and what was written is read back and compared. Nobody else may write
    /// meanwhile.
    ///
    /// # Errors
    /// [`CopyError`] says what is wrong, and whether anything was written.
    pub async fn restore(
        &self,
        path: impl AsRef<Path> + Send,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<Backup, CopyError> {
        let mut file = Reader::open(path.as_ref()).await?;
        let backup = file.check(self).await?;
        let mut copier = Copier::begin(self).await?;
        let (revision, of) = (copier.already(), backup.revision);
        let notes = self.within("restore", self.backend().notes("")).await?;
        // An engine that was opened has noted what it is going to write, and that holds for what is restored too: none of
        // it is newer, or the check had refused it.
        let is_noted = |name: &str| name.starts_with(schema::PREFIX);
        if revision != Revision(0) || !notes.iter().all(|(name, _)| is_noted(name)) {
            return Err(CopyError::Occupied { revision });
        }
        file.rewind().await?;
        let mut page = Vec::new();
        while let Some(line) = file.next().await? {
            match line {
                Line::Note(note) if notes.iter().any(|(name, _)| *name == note.name) => {}
                Line::Note(note) => {
                    let written = self.backend().write_note(&note.name, 0, Some(&note.value));
                    if !self.within("restore", written).await? {
                        return Err(CopyError::Interfered { at: Revision(1) });
                    }
                }
                Line::Change(record) => {
                    let before = self.before(&page, &record).await?;
                    page.push(record.change(before));
                }
                Line::Begin(_) | Line::Check(_) | Line::End(_) => {}
            }
            if page.len() == copy::PAGE {
                copier.copy(&page).await?;
                page.clear();
                let copied = copier.copied();
                progress(Progress { copied, of });
            }
        }
        copier.copy(&page).await?;
        let copied = copier.copied();
        progress(Progress { copied, of });
        Ok(backup)
    }

    /// The state that a record of the file was written on: in this page, or restored before it.
    async fn before(
        &self,
        page: &[Change],
        record: &Recorded,
    ) -> Result<Option<Arc<State>>, CopyError> {
        let state = &record.state;
        if state.version.0 == 1 {
            return Ok(None);
        }
        let mut near = page.iter().rev().map(|change| &change.after);
        let near = near.find(|near| near.id == state.id && near.scope == state.scope);
        if let Some(near) = near {
            return Ok(Some(Arc::clone(near)));
        }
        let recent = self.backend().recent(&state.scope, &state.id);
        if let Some(recent) = recent.filter(|recent| recent.version.0 + 1 == state.version.0) {
            return Ok(Some(recent));
        }
        let stored = self.backend().newest(&state.scope, &state.id);
        Ok(self.within("restore", stored).await?)
    }
}
