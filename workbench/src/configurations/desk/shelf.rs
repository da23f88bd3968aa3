//! The folder's own work: copying, naming and deleting files. Nothing is gone that cannot be brought back.

use super::{Desk, DeskError, Who, put::changed_since};
use crate::configurations::{Checked, Stored, check::check, files::Backup};

impl Desk {
    /// Copies a file under a new name.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub async fn copy(&self, who: &Who, name: &str, to: &str) -> Result<Stored, DeskError> {
        let from = name.to_owned();
        let loaded = self.blocking(move |folder| Ok(folder.read(&from)?)).await?;
        self.create(who, to, loaded.text).await
    }

    /// Gives a file another name. Its versions stay with the old name, from which they can be brought back.
    ///
    /// # Errors
    /// As [`create`](Self::create) and [`remove`](Self::remove).
    pub async fn rename(
        &self,
        who: &Who,
        name: &str,
        to: &str,
        seen: u64,
    ) -> Result<Stored, DeskError> {
        self.check_free(who, name).await?;
        let stored = self.copy(who, name, to).await?;
        self.remove(who, name, seen).await?;
        Ok(stored)
    }

    /// Deletes a file. What it said is a backup, and its versions can be restored. `seen` is the newest version that
    /// the person saw.
    ///
    /// # Errors
    /// [`DeskError::Locked`]; [`FileError::Conflict`](super::FileError::Conflict) if others saved since.
    pub async fn remove(&self, who: &Who, name: &str, seen: u64) -> Result<(), DeskError> {
        let held = self.hold(name).await?;
        self.check_allowed(who, name).await?;
        self.check_free(who, name).await?;
        let current = self.look(&held, name).await?;
        if current.version != seen {
            return Err(changed_since(name, &current));
        }
        let (file, now) = (name.to_owned(), self.now());
        self.blocking(move |folder| Ok(folder.remove(&file, &current.loaded, now)?))
            .await?;
        self.gone(name, &who.actor).await
    }

    /// The backups of a file, the newest first.
    ///
    /// # Errors
    /// Those of the folder.
    pub async fn backups(&self, name: &str) -> Result<Vec<Backup>, DeskError> {
        let name = name.to_owned();
        self.blocking(move |folder| Ok(folder.backups(&name)?))
            .await
    }

    /// The text of a backup.
    ///
    /// # Errors
    /// Those of the folder.
    pub async fn preview(&self, name: &str, backup: &str) -> Result<String, DeskError> {
        let (name, backup) = (name.to_owned(), backup.to_owned());
        self.blocking(move |folder| Ok(folder.preview(&name, &backup)?))
            .await
    }

    /// Whether a text is right, and its outline.
    ///
    /// # Errors
    /// None but ours.
    pub async fn check(&self, name: &str, text: String) -> Result<Checked, DeskError> {
        let name = name.to_owned();
        self.blocking(move |folder| Ok(check(folder, &name, &text)))
            .await
    }
}
