//! Files of tables and results: dated anew when they are used, and removed when nobody needs them.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::{Error, Workbench};

const FOLDERS: [&str; 2] = ["tables", "results"];
/// Ends the name of the mark in the object store that says when a file was last used.
const USED: &str = "used";
/// What was dated within this is not dated again.
const DATED: Duration = Duration::from_secs(3600);

/// What there is of one table or result, here and in the store.
struct Found {
    paths: Vec<PathBuf>,
    newest: SystemTime,
}

impl Workbench {
    /// A file is used that was there before: it counts as new, here and to other servers on the same store.
    pub(crate) fn renew(&self, path: &Path) -> Result<(), Error> {
        let failed = |error| Error::io(path, error);
        match touch(path) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            // It is in the store, and not here yet.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        match self.inner.storage.mark(&path.with_extension(USED)) {
            Err(error @ Error::StoreAway { .. }) => {
                tracing::warn!(%error, "other servers do not hear that this file is used");
                Ok(())
            }
            marked => marked,
        }
    }

    /// Removes the files of tables and results that are not in `keep` and that were last written or used before
    /// `older_than`, with what interrupted imports left. Gives the number of tables and results removed.
    pub async fn collect_files(
        &self,
        keep: &HashSet<String>,
        older_than: SystemTime,
    ) -> Result<u64, Error> {
        let (workbench, keep) = (self.clone(), keep.clone());
        let run = tokio::task::spawn_blocking(move || {
            FOLDERS.iter().try_fold(0, |removed, folder| {
                let folder = workbench.inner.folder.join(folder);
                Ok(removed + workbench.collect_folder(&folder, &keep, older_than)?)
            })
        });
        run.await
            .map_err(|error| Error::Internal(format!("the clean-up stopped: {error}")))?
    }

    fn collect_folder(
        &self,
        folder: &Path,
        keep: &HashSet<String>,
        older_than: SystemTime,
    ) -> Result<u64, Error> {
        let mut all: HashMap<String, Found> = HashMap::new();
        let mut add = |path: PathBuf, at: SystemTime| {
            let Some(id) = id_of(&path).filter(|id| !keep.contains(id)) else {
                return;
            };
            let found = all.entry(id).or_insert_with(|| Found {
                paths: Vec::new(),
                newest: at,
            });
            found.newest = found.newest.max(at);
            found.paths.push(path);
        };
        for entry in fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
            let path = entry.map_err(|error| Error::io(folder, error))?.path();
            let modified = match fs::metadata(&path).and_then(|it| it.modified()) {
                Ok(modified) => modified,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::io(&path, error)),
            };
            match is_unfinished(&path) {
                // Of an import that a crash interrupted, also of a table that is needed.
                true if modified < older_than => remove(&path)?,
                true => {}
                false => add(path, modified),
            }
        }
        for (path, put) in self.inner.storage.list_dated(folder)? {
            add(path, put);
        }
        let mut removed = 0;
        for found in all.into_values().filter(|found| found.newest < older_than) {
            for path in &found.paths {
                self.inner.storage.remove_file(path)?;
                remove(path)?;
            }
            let is_whole = found.paths.iter().any(|path| has_end(path, "parquet"));
            removed += u64::from(is_whole);
        }
        Ok(removed)
    }
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        // Another server was faster, or it was in the store only.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(|error| Error::io(path, error)),
    }
}

fn has_end(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|extension| extension == end)
}

fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_prefix('.')
        .is_some_and(|rest| rest.split('.').next().is_some_and(is_id))
}

/// Whose file it is, if it is one of ours.
fn id_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let id = name.split('.').next()?;
    is_id(id).then(|| id.to_owned())
}

/// A digest, as tables and results are called.
fn is_id(id: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    id.len() >= 32 && id.bytes().all(is_digit)
}

/// Dates a file of today, unless it was lately: whether it did.
#[expect(
    clippy::disallowed_methods,
    reason = "a file's time is compared with other files' times, which are the computer's"
)]
fn touch(path: &Path) -> io::Result<bool> {
    let modified = fs::metadata(path)?.modified()?;
    let now = SystemTime::now();
    if now.duration_since(modified).unwrap_or_default() < DATED {
        return Ok(false);
    }
    File::options().append(true).open(path)?.set_modified(now)?;
    Ok(true)
}
