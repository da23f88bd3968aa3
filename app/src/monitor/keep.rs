//! Backups that are made while the server runs: files in one folder, each whole or not there, the newest so many kept. Only on
//! the server.
//!
//! They are made from the bare backend, so what is sealed there is sealed in the file. Restoring is not done here: it
//! needs an empty backend that nobody writes to, and this server writes.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use holdfast::{Clock, CopyError, Progress, Revision, StateManager, Timestamp, backup::Backup};
use time::{OffsetDateTime, macros::format_description};
use tokio::task::{AbortHandle, JoinHandle};

use super::turn::{Turn, Turns};
use crate::AppError;

/// How a backup's file is called: `holdfast-20261129T060000Z.backup`.
const BEFORE: &str = "holdfast-";
const BEHIND: &str = ".backup";

/// The folder of backups. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Keep(Arc<Folder>);

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// The engine in front of the backend alone.
    bare: StateManager,
    clock: Arc<dyn Clock>,
    most: usize,
    /// Whose turn it is, where backups are made without being asked for.
    turns: Option<Turns>,
    now: Mutex<Now>,
}

#[derive(Debug, Default)]
struct Now {
    /// The backup that is being made.
    working: Option<(AbortHandle, Progress)>,
    problem: Option<String>,
    /// What a look at a file found.
    verdicts: HashMap<String, Result<Backup, String>>,
}

/// A backup that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFile {
    /// Its file's name.
    pub name: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Its bytes.
    pub bytes: u64,
    /// What the last look at it found, since the start of this server.
    pub verdict: Option<Result<Backup, String>>,
}

impl Keep {
    /// The folder at `path`, made with the first backup. `most`: how many are kept; `every`: how often one is made without
    /// being asked for.
    pub fn new(
        path: PathBuf,
        bare: StateManager,
        clock: Arc<dyn Clock>,
        most: usize,
        every: Option<Duration>,
    ) -> Self {
        let turns = every.map(|every| Turns::new(bare.clone(), Arc::clone(&clock), every));
        Self(Arc::new(Folder {
            path,
            bare,
            clock,
            most: most.max(1),
            turns,
            now: Mutex::default(),
        }))
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.0.path
    }

    /// The backups, the newest first.
    pub async fn list(&self) -> Result<Vec<BackupFile>, AppError> {
        let mut found = Vec::new();
        let mut entries = match tokio::fs::read_dir(&self.0.path).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
            Err(error) => return Err(AppError::internal(error)),
        };
        while let Some(entry) = entries.next_entry().await.map_err(AppError::internal)? {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(made_at) = moment_of(&name) else {
                continue;
            };
            // One that goes away meanwhile was an old one.
            if let Ok(metadata) = entry.metadata().await {
                let verdict = self.now().verdicts.get(&name).cloned();
                found.push(BackupFile {
                    bytes: metadata.len(),
                    verdict,
                    name,
                    made_at,
                });
            }
        }
        found.sort_by(|one, other| other.name.cmp(&one.name));
        Ok(found)
    }

    /// The file of this name.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none: a name is never a path.
    pub async fn path_of(&self, name: &str) -> Result<PathBuf, AppError> {
        let found = self.list().await?;
        match found.iter().any(|file| file.name == name) {
            true => Ok(self.0.path.join(name)),
            false => Err(AppError::NotFound(
                "There is no backup of this name (any more).".into(),
            )),
        }
    }

    /// Begins to make one, and looks at it when it is complete.
    ///
    /// # Errors
    /// [`AppError::Busy`] while one is being made.
    pub fn begin(&self) -> Result<(), AppError> {
        self.begin_in(None)
    }

    fn begin_in(&self, turn: Option<Turn>) -> Result<(), AppError> {
        let mut now = self.now();
        if now.working.is_some() {
            let problem = "A backup is being made already. Wait for it, or cancel it.";
            return Err(AppError::Busy(problem.into()));
        }
        let keep = self.clone();
        let work = tokio::spawn(async move { keep.make().await });
        now.problem = None;
        let (copied, of) = (Revision(0), Revision(0));
        now.working = Some((work.abort_handle(), Progress { copied, of }));
        tokio::spawn(self.clone().see_through(work, turn));
        Ok(())
    }

    /// Waits until a backup is there or nothing came of it, and tells that to the other servers if it had its turn.
    async fn see_through(
        self,
        mut work: JoinHandle<Result<(), CopyError>>,
        mut turn: Option<Turn>,
    ) {
        let lost = async {
            match &mut turn {
                Some(turn) => turn.lost().await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            ended = &mut work => Some(ended),
            () = lost => None,
        };
        let problem = match ended {
            Some(Ok(made)) => made.err().map(|error| error.to_string()),
            // Somebody gave it up, and it is not working any more.
            Some(Err(ended)) if ended.is_cancelled() => {
                if let Some(turn) = turn {
                    turn.finish().await;
                }
                return;
            }
            Some(Err(panicked)) => Some(panicked.to_string()),
            None => {
                work.abort();
                Some("another server has taken it over".to_owned())
            }
        };
        if let Some(problem) = &problem {
            tracing::warn!(%problem, "a backup could not be made");
        }
        let has_failed = problem.is_some();
        self.ended(problem);
        match turn {
            Some(turn) if has_failed => turn.put_off().await,
            Some(turn) => turn.finish().await,
            None => {}
        }
    }

    fn ended(&self, problem: Option<String>) {
        let mut now = self.now();
        now.working = None;
        now.problem = problem;
    }

    /// Gives up the one that is being made; nothing is left of it.
    pub fn cancel(&self) {
        if let Some((working, _)) = self.now().working.take() {
            working.abort();
        }
    }

    /// How far the one is that is being made: changes, and of how many.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let now = self.now();
        let (_, progress) = now.working.as_ref()?;
        Some((progress.copied.0, progress.of.0))
    }

    /// Why the last one failed.
    pub fn problem(&self) -> Option<String> {
        self.now().problem.clone()
    }

    /// Reads a backup to its end: whether this server could be restored from it.
    pub async fn verify(&self, name: &str) -> Result<Result<Backup, String>, AppError> {
        let path = self.path_of(name).await?;
        let found = self.0.bare.check_backup(path).await;
        let verdict = found.map_err(|error| error.to_string());
        let mut now = self.now();
        now.verdicts.insert(name.to_owned(), verdict.clone());
        Ok(verdict)
    }

    /// Begins one if the settings want one by now and the turn is this server's.
    pub async fn make_if_due(&self) {
        let Some(turns) = &self.0.turns else { return };
        let is_working = self.now().working.is_some();
        if is_working {
            return;
        }
        match turns.take().await {
            // Where somebody has just begun one here, the turn goes to whoever looks when its lease is over.
            Ok(Some(turn)) => drop(self.begin_in(Some(turn))),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "whether a backup is due could not be found out"),
        }
    }

    async fn make(&self) -> Result<(), CopyError> {
        let file = |source| CopyError::File {
            path: self.0.path.clone(),
            source,
        };
        tokio::fs::create_dir_all(&self.0.path)
            .await
            .map_err(file)?;
        let name = name_at(self.0.clock.now());
        let path = self.0.path.join(&name);
        let keep = self.clone();
        let told = move |progress| {
            if let Some(working) = &mut keep.now().working {
                working.1 = progress;
            }
        };
        self.0.bare.backup(&path, told).await?;
        let whole = self.0.bare.check_backup(&path).await?;
        tracing::info!(
            file = name,
            states = whole.states,
            revision = whole.revision.0,
            "a backup was made and verified"
        );
        self.now().verdicts.insert(name, Ok(whole));
        self.thin_out().await;
        Ok(())
    }

    /// Removes what is more than so many. What cannot be removed is looked at again after the next backup.
    async fn thin_out(&self) {
        let found = self.list().await.unwrap_or_default();
        for old in found.into_iter().skip(self.0.most) {
            if let Err(error) = tokio::fs::remove_file(self.0.path.join(&old.name)).await {
                tracing::warn!(%error, file = old.name, "an old backup could not be removed");
            }
            self.now().verdicts.remove(&old.name);
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name_at(at: Timestamp) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]");
    let moment = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok();
    let text = moment.and_then(|moment| moment.format(&format).ok());
    format!("{BEFORE}{}Z{BEHIND}", text.unwrap_or_default())
}

/// When the backup of this name was made; `None` where a backup of ours is not called so.
fn moment_of(name: &str) -> Option<Timestamp> {
    let format = format_description!("[year][month][day]T[hour][minute][second]");
    let stamp = name.strip_prefix(BEFORE)?.strip_suffix(BEHIND)?;
    let moment = time::PrimitiveDateTime::parse(stamp.strip_suffix('Z')?, format).ok()?;
    Some(Timestamp(moment.assume_utc().unix_timestamp() * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_and_nothing_else_is_a_name() {
        let at = Timestamp(1_795_219_205_000);
        let name = name_at(at);
        assert_eq!(name, "holdfast-20261121T000005Z.backup");
        assert_eq!(moment_of(&name), Some(at));
        for strange in [
            "../holdfast.db",
            "holdfast-.backup",
            "holdfast-x.backup",
            "",
        ] {
            assert_eq!(moment_of(strange), None);
        }
    }
}
