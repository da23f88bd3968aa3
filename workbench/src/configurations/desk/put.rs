//! Changes that need no editing session: a new file, a program's save, an older version or a backup brought back.

use super::{Current, Desk, DeskError, FileError, Held, Who, store::Ready};
use crate::configurations::{Action, Stored};

impl Desk {
    /// Makes a new file.
    ///
    /// # Errors
    /// [`FileError::Conflict`] if there is one already.
    pub async fn create(&self, who: &Who, name: &str, text: String) -> Result<Stored, DeskError> {
        let held = self.hold(name).await?;
        self.check_new(&held, name).await?;
        let ready = Ready::as_is(text, Action::Create);
        self.store(held, name, ready, None, who, None).await
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
        self.store(held, name, ready, Some(current), who, None)
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
        self.store(held, name, ready, current, who, None).await
    }

    /// There is no file of this name yet.
    pub(super) async fn check_new(&self, held: &Held, name: &str) -> Result<(), DeskError> {
        match self.look(held, name).await {
            Ok(current) => Err(changed_since(name, &current)),
            Err(DeskError::File(FileError::Missing(_))) => Ok(()),
            Err(error) => Err(error),
        }
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
