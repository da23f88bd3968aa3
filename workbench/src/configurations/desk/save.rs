//! Saving: under the lock of the folder, compare, merge with what others saved, check, back up, write, verify, tell.

use super::{Current, Desk, DeskError, FileError, Held, Who, check_allowed, versions::Origin};
use crate::configurations::{
    Action, Conflicts, SaveOutcome, Stored, VersionSide,
    check::check,
    merge::{Answer, Format, Merge, Merged, Side, merge},
};

/// What is to be saved.
#[derive(Debug, Clone)]
pub struct Work {
    /// All of it.
    pub text: String,
    /// The version it began from.
    pub base: u64,
    /// The token of the lock it is saved under.
    pub token: Option<u64>,
    /// Write over what others saved since, by who may.
    pub is_overwriting: bool,
}

/// A text on its way to the disk.
struct Ready {
    text: String,
    merged: Vec<Merged>,
    action: Action,
    of: Option<u64>,
}

impl Desk {
    /// Saves the file of an editing session. What others saved since the text's base is merged in; where both changed
    /// the same place, nothing is saved and the places are told.
    ///
    /// # Errors
    /// [`DeskError::Ended`], [`DeskError::Locked`], [`DeskError::LockLost`]; [`DeskError::Unfit`] and
    /// [`DeskError::File`] with the place; [`DeskError::NoVersion`] if the base is not there any more.
    pub async fn save(
        &self,
        who: &Who,
        session: &str,
        work: Work,
    ) -> Result<SaveOutcome, DeskError> {
        let (name, _) = self.session(who, session).await?;
        let held = self.hold(&name).await?;
        self.check_lock(&held, &name, session, work.token).await?;
        let current = self.look(&held, &name).await?;
        let ready = if work.base == current.version {
            Ready::as_is(work.text, Action::Save)
        } else if work.is_overwriting {
            if !who.may_override {
                return Err(DeskError::NotHolder);
            }
            Ready::as_is(work.text, Action::Overwrite)
        } else {
            match self.merged(&name, work.base, &current, work.text).await? {
                Ok(ready) => ready,
                Err(conflicts) => return Ok(SaveOutcome::Conflicts(conflicts)),
            }
        };
        let stored = self
            .store(&held, &name, ready, Some(current), who, Some(session))
            .await?;
        drop(held);
        self.drop_draft(who, &name).await?;
        Ok(SaveOutcome::Saved(stored))
    }

    /// Brings a text together with what is there now, without saving it: to go on writing on top of it.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub async fn catch_up(
        &self,
        who: &Who,
        session: &str,
        base: u64,
        text: String,
    ) -> Result<SaveOutcome, DeskError> {
        let (name, _) = self.session(who, session).await?;
        let held = self.hold(&name).await?;
        let current = self.look(&held, &name).await?;
        let (version, etag) = (current.version, current.loaded.etag.clone());
        Ok(match self.merged(&name, base, &current, text).await? {
            Err(conflicts) => SaveOutcome::Conflicts(conflicts),
            Ok(ready) => SaveOutcome::Saved(Stored {
                version,
                etag,
                text: ready.text,
                merged: ready.merged,
                backup: None,
            }),
        })
    }

    /// The text that answers to conflicts give. It begins from version `theirs` and is saved like any other.
    ///
    /// # Errors
    /// An answer is missing or cannot be given; [`DeskError::NoVersion`].
    pub async fn resolved(
        &self,
        name: &str,
        base: u64,
        theirs: u64,
        mine: String,
        answers: Vec<(u32, Answer)>,
    ) -> Result<String, DeskError> {
        let base = self.content(name, base).await?.text;
        let theirs = self.content(name, theirs).await?.text;
        let merge = self.merge_of(name, base, theirs, mine).await?;
        self.blocking(move |_| Ok(merge.resolve(&answers)?)).await
    }

    /// The text together with the newest version, or what stands in the way.
    async fn merged(
        &self,
        name: &str,
        base: u64,
        current: &Current,
        mine: String,
    ) -> Result<Result<Ready, Box<Conflicts>>, DeskError> {
        let from = self.version(name, base).await?;
        let theirs = current.loaded.text.clone();
        let merge = self
            .merge_of(name, from.text.clone(), theirs.clone(), mine.clone())
            .await?;
        if let Some(text) = merge.text() {
            let mut merged = merge.merged().to_vec();
            merged.retain(|one| one.from != Side::Mine);
            return Ok(Ok(Ready {
                merged,
                ..Ready::as_is(text.to_owned(), Action::Merge)
            }));
        }
        Ok(Err(Box::new(Conflicts {
            base: from,
            theirs: VersionSide {
                version: current.version,
                by: current.by.clone(),
                text: theirs,
            },
            mine: VersionSide {
                text: mine,
                ..VersionSide::default()
            },
            draft: merge.draft().to_owned(),
            merged: merge.merged().to_vec(),
            conflicts: merge.conflicts().to_vec(),
        })))
    }

    async fn merge_of(
        &self,
        name: &str,
        base: String,
        theirs: String,
        mine: String,
    ) -> Result<Merge, DeskError> {
        let format = Format::of_name(name).unwrap_or(Format::Yaml);
        self.blocking(move |_| Ok(merge(format, &base, &theirs, &mine)?))
            .await
    }

    /// Puts a text in the file's place and writes down the version.
    async fn store(
        &self,
        held: &Held,
        name: &str,
        ready: Ready,
        current: Option<Current>,
        who: &Who,
        session: Option<&str>,
    ) -> Result<Stored, DeskError> {
        check_allowed(self.states(), who, name).await?;
        let Ready {
            text,
            merged,
            action,
            of,
        } = ready;
        let (file, now) = (name.to_owned(), self.now());
        let before = current
            .as_ref()
            .map(|current| (current.version, current.loaded.text.clone()));
        let loaded = current.map(|current| current.loaded);
        let saved = self
            .blocking(move |folder| {
                let checked = check(folder, &file, &text);
                // A broken rule of the format is the folder's own refusal.
                if checked
                    .problems
                    .iter()
                    .any(|problem| !problem.path.is_empty() || checked.schema.is_some())
                {
                    return Err(DeskError::Unfit(checked.problems));
                }
                Ok(folder.replace(&file, &text, loaded.as_ref(), now)?)
            })
            .await?;
        let version = match before {
            // The same bytes: nothing was written.
            Some((version, text)) if text == saved.text => version,
            _ => {
                let origin = Origin {
                    action,
                    of,
                    actor: &who.actor,
                    by: &who.person,
                    session: session.map(str::to_owned),
                };
                let (text, etag) = (saved.text.clone(), saved.etag.clone());
                self.write_version(held, name, text, etag, origin).await?
            }
        };
        self.look(held, name).await?;
        Ok(Stored {
            version,
            etag: saved.etag,
            text: saved.text,
            merged,
            backup: saved.backup,
        })
    }

    /// Makes a new file.
    ///
    /// # Errors
    /// [`FileError::Conflict`] if there is one already.
    pub async fn create(&self, who: &Who, name: &str, text: String) -> Result<Stored, DeskError> {
        let held = self.hold(name).await?;
        match self.look(&held, name).await {
            Ok(current) => return Err(changed_since(name, &current)),
            Err(DeskError::File(FileError::Missing(_))) => {}
            Err(error) => return Err(error),
        }
        let ready = Ready::as_is(text, Action::Create);
        self.store(&held, name, ready, None, who, None).await
    }

    /// Saves a text in place of the version with this etag, without a session: for programs.
    ///
    /// # Errors
    /// [`FileError::Conflict`] with what is there now; those of [`save`](Self::save).
    pub async fn put(
        &self,
        who: &Who,
        name: &str,
        text: String,
        etag: &str,
    ) -> Result<Stored, DeskError> {
        let held = self.hold(name).await?;
        self.check_free(who, name).await?;
        let current = self.look(&held, name).await?;
        if current.loaded.etag != etag {
            return Err(changed_since(name, &current));
        }
        let ready = Ready::as_is(text, Action::Save);
        self.store(&held, name, ready, Some(current), who, None)
            .await
    }

    /// Brings an older version back, as a new one; also that of a file that was deleted. `seen` is the newest version
    /// that the person saw: what others saved since is not written over.
    ///
    /// # Errors
    /// [`DeskError::Locked`], [`DeskError::NoVersion`], [`FileError::Conflict`].
    pub async fn restore(
        &self,
        who: &Who,
        name: &str,
        version: u64,
        seen: u64,
    ) -> Result<Stored, DeskError> {
        let text = self.content(name, version).await?.text;
        self.bring_back(who, name, text, Some(version), seen).await
    }

    /// The same with a backup's text.
    ///
    /// # Errors
    /// As [`restore`](Self::restore).
    pub async fn restore_backup(
        &self,
        who: &Who,
        name: &str,
        backup: &str,
        seen: u64,
    ) -> Result<Stored, DeskError> {
        let (file, id) = (name.to_owned(), backup.to_owned());
        let text = self
            .blocking(move |folder| Ok(folder.preview(&file, &id)?))
            .await?;
        self.bring_back(who, name, text, None, seen).await
    }

    async fn bring_back(
        &self,
        who: &Who,
        name: &str,
        text: String,
        of: Option<u64>,
        seen: u64,
    ) -> Result<Stored, DeskError> {
        let held = self.hold(name).await?;
        self.check_free(who, name).await?;
        let current = match self.look(&held, name).await {
            Ok(current) => Some(current),
            Err(DeskError::File(FileError::Missing(_))) => None,
            Err(error) => return Err(error),
        };
        if let Some(current) = current.as_ref().filter(|current| current.version != seen) {
            return Err(changed_since(name, current));
        }
        let ready = Ready {
            of,
            ..Ready::as_is(text, Action::Restore)
        };
        self.store(&held, name, ready, current, who, None).await
    }

    /// Nobody else has locked the file.
    pub(super) async fn check_free(&self, who: &Who, name: &str) -> Result<(), DeskError> {
        match self.lock_on(name).await? {
            Some(lock) if lock.person != who.person => Err(DeskError::Locked {
                name: name.to_owned(),
                lock: Box::new(lock),
            }),
            _ => Ok(()),
        }
    }
}

/// Somebody saved since; with what is there now.
pub(super) fn changed_since(name: &str, current: &Current) -> DeskError {
    DeskError::File(FileError::Conflict {
        name: name.to_owned(),
        etag: Some(current.loaded.etag.clone()),
        text: current.loaded.text.clone(),
    })
}

impl Ready {
    fn as_is(text: String, action: Action) -> Self {
        Self {
            text,
            merged: Vec::new(),
            action,
            of: None,
        }
    }
}
