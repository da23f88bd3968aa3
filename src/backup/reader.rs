//! Finds out whether a file is a whole backup, line by line, and says where it is not.

use std::{
    collections::HashMap,
    io::SeekFrom,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use tokio::{
    fs::File,
    io::{AsyncBufReadExt, AsyncReadExt, AsyncSeekExt, BufReader},
};

use super::{
    Backup,
    format::{AnyFormat, Line, NEWEST, Recorded},
    writer::fault,
};
use crate::{CopyError, Limits, Revision, Scope, StateId, StateManager};

/// The longest line: the largest data, and as much again for everything else.
pub(super) const LINE_BYTES: u64 = 2 * Limits::MAX_DATA_BYTES;

/// What is read from the disk at once.
const BUFFER: usize = 1024 * 1024;

pub(super) struct Reader {
    path: PathBuf,
    file: BufReader<File>,
    line: Vec<u8>,
    /// The number of the line in `line`.
    number: u64,
    /// The last line that is known to be as it was written.
    sound: u64,
    digest: Sha256,
    /// The last revision that was read.
    revision: Revision,
    states: u64,
    notes: u64,
    is_over: bool,
}

impl Reader {
    pub(super) async fn open(path: &Path) -> Result<Self, CopyError> {
        let file = File::open(path).await;
        let file = file.map_err(|source| fault(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufReader::with_capacity(BUFFER, file),
            line: Vec::new(),
            number: 0,
            sound: 0,
            digest: Sha256::new(),
            revision: Revision(0),
            states: 0,
            notes: 0,
            is_over: false,
        })
    }

    /// Reads all of it. Whoever will hold the states must know their kinds.
    pub(super) async fn check(&mut self, into: &StateManager) -> Result<Backup, CopyError> {
        let (mut versions, mut kinds, mut end) = (Versions::default(), Ok(()), None);
        while let Some(line) = self.next().await? {
            match line {
                Line::Change(record) => {
                    // That something is damaged is the better answer.
                    kinds = kinds.and_then(|()| into.replayable(&record.state));
                    if !versions.follow(&record) {
                        let problem = format!("`{}` skips a version", record.state.id);
                        return Err(self.damaged(problem));
                    }
                }
                Line::End(footer) => end = Some(footer.into()),
                Line::Note(note) => {
                    kinds = kinds.and_then(|()| into.check_noted(&note.name, &note.value));
                }
                Line::Begin(_) | Line::Check(_) => {}
            }
        }
        kinds?;
        end.ok_or_else(|| self.truncated())
    }

    /// Back to the first line.
    pub(super) async fn rewind(&mut self) -> Result<(), CopyError> {
        let sought = self.file.seek(SeekFrom::Start(0)).await;
        sought.map_err(|source| fault(&self.path, source))?;
        (self.number, self.sound, self.revision) = (0, 0, Revision(0));
        (self.states, self.notes, self.is_over) = (0, 0, false);
        self.digest = Sha256::new();
        Ok(())
    }

    /// The next line, once it is what must come next; `None` behind the last.
    pub(super) async fn next(&mut self) -> Result<Option<Line>, CopyError> {
        let is_there = self.read().await?;
        if self.is_over && is_there {
            return Err(self.damaged("there is something behind the end".into()));
        }
        if self.is_over {
            return Ok(None);
        }
        if !is_there {
            return Err(self.truncated());
        }
        if self.number == 1 {
            self.begin()?;
        }
        let line: Line =
            serde_json::from_slice(&self.line).map_err(|error| self.damaged(error.to_string()))?;
        let sha256 = format!("{:x}", self.digest.clone().finalize());
        match &line {
            Line::Begin(_) if self.number == 1 => {}
            Line::Begin(_) => return Err(self.damaged("it begins twice".into())),
            Line::Note(_) => self.notes += 1,
            Line::Change(record) => self.follow(record)?,
            Line::Check(check) if *check == sha256 => self.sound = self.number,
            Line::Check(_) => return Err(self.damaged("its SHA-256 differs".into())),
            Line::End(footer) if footer.sha256 != sha256 => {
                return Err(self.damaged("its SHA-256 differs".into()));
            }
            Line::End(footer) => {
                let counted = (self.revision, self.states, self.notes);
                if counted != (footer.revision, footer.states, footer.notes) {
                    return Err(self.damaged("it holds another number of things".into()));
                }
                self.is_over = true;
            }
        }
        self.digest.update(&self.line);
        Ok(Some(line))
    }

    /// Whether there is another line.
    async fn read(&mut self) -> Result<bool, CopyError> {
        self.line.clear();
        let mut bounded = (&mut self.file).take(LINE_BYTES);
        let read = bounded.read_until(b'\n', &mut self.line).await;
        let read = read.map_err(|source| fault(&self.path, source))?;
        if read == 0 {
            return Ok(false);
        }
        let is_whole = self.line.ends_with(b"\n");
        if !is_whole && self.number == 0 {
            return Err(self.foreign());
        }
        if !is_whole && read as u64 == LINE_BYTES {
            self.number += 1;
            return Err(self.damaged("a line is longer than any".into()));
        }
        if !is_whole {
            return Err(self.truncated());
        }
        self.number += 1;
        Ok(true)
    }

    fn begin(&self) -> Result<(), CopyError> {
        let any: AnyFormat = serde_json::from_slice(&self.line).map_err(|_| self.foreign())?;
        let (path, found) = (self.path.clone(), any.begin.format);
        if found > NEWEST {
            let known = NEWEST;
            return Err(CopyError::Newer { path, found, known });
        }
        Ok(())
    }

    fn follow(&mut self, record: &Recorded) -> Result<(), CopyError> {
        if record.revision.0 != self.revision.0 + 1 {
            let (before, found) = (self.revision.0, record.revision.0);
            return Err(self.damaged(format!("change {found} follows {before}")));
        }
        self.revision = record.revision;
        self.states += u64::from(record.state.version.0 == 1);
        Ok(())
    }

    fn damaged(&self, problem: String) -> CopyError {
        CopyError::Damaged {
            path: self.path.clone(),
            first: self.sound + 1,
            last: self.number,
            problem,
        }
    }

    fn truncated(&self) -> CopyError {
        let (path, line) = (self.path.clone(), self.number);
        CopyError::Truncated { path, line }
    }

    fn foreign(&self) -> CopyError {
        let path = self.path.clone();
        CopyError::Foreign { path }
    }
}

/// The last version of each state. Of an address it keeps 16 bytes of a hash: two never meet in them,
/// and a million states then take 40 MB rather than what their names are long.
#[derive(Default)]
struct Versions(HashMap<u128, u64>);

impl Versions {
    /// Whether this is the next version of its state.
    fn follow(&mut self, record: &Recorded) -> bool {
        let state = &record.state;
        let last = self.0.entry(key(&state.scope, &state.id)).or_default();
        let is_next = state.version.0 == *last + 1;
        *last = state.version.0;
        is_next
    }
}

fn key(scope: &Scope, id: &StateId) -> u128 {
    let scope = scope.to_string();
    let mut digest = Sha256::new();
    digest.update((scope.len() as u64).to_le_bytes());
    digest.update(scope);
    digest.update(id.as_str());
    let bytes = digest.finalize();
    bytes
        .iter()
        .take(16)
        .fold(0, |key, byte| key << 8 | u128::from(*byte))
}
