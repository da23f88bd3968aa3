//! The folder's own work: copying, naming and deleting files. Nothing is gone that cannot be brought back.

use super::{
    Current, Desk, DeskError, Held, Who,
    put::changed_since,
    store::{Ready, half_done},
};
use crate::configurations::{
    Action, Checked, Stored,
    check::check,
    files::{Backup, name},
};

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

    /// Gives a file another name. Its versions stay with the old name, from which they can be brought back. So do drafts that
    /// others have of it; one's own goes along if it began from the version that is renamed.
    ///
    /// # Errors
    /// [`DeskError::Locked`]; [`FileError::Conflict`](super::FileError::Conflict) if others saved since, or there is a file
    /// of the new name. Then nothing has changed.
    pub async fn rename(
        &self,
        who: &Who,
        name: &str,
        to: &str,
        seen: u64,
    ) -> Result<Stored, DeskError> {
        let (desk, who) = (self.clone(), who.clone());
        let (name, to) = (name.to_owned(), to.to_owned());
        Self::to_its_end(async move { desk.move_to(&who, &name, &to, seen).await }).await
    }

    async fn move_to(
        &self,
        who: &Who,
        name: &str,
        to: &str,
        seen: u64,
    ) -> Result<Stored, DeskError> {
        if name == to {
            return Err(changed_since(to, &self.glance(to).await?));
        }
        // In one order, whoever asks: two that rename the other way round do not wait for each other.
        let (first, second) = (name.min(to), name.max(to));
        let held = [self.hold(first).await?, self.hold(second).await?];
        let [old, new] = match name == first {
            true => [&held[0], &held[1]],
            false => [&held[1], &held[0]],
        };
        let current = self.seen_by(old, who, name, seen).await?;
        self.check_new(new, to).await?;
        let ready = Ready::as_is(current.loaded.text.clone(), Action::Create);
        let stored = self.put_down(new, to, ready, None, who, None).await?;
        if let Err(error) = self.off_the_disk(old, name, current).await {
            // Another program wrote it just now, or it cannot be removed: it stays where it is, and nowhere else.
            let copy = self.look(new, to).await?;
            self.off_the_disk(new, to, copy).await?;
            self.gone(to, &who.actor).await?;
            return Err(error);
        }
        let gone = self.gone(name, &who.actor).await;
        gone.map_err(half_done)?;
        if let Err(error) = self.move_draft(who, name, seen, to, stored.version).await {
            tracing::warn!(%error, "a draft stays with the old name of a configuration");
        }
        Ok(stored)
    }

    /// A draft of version `seen` of one file becomes one of version `base` of another, which said the same.
    async fn move_draft(
        &self,
        who: &Who,
        name: &str,
        seen: u64,
        to: &str,
        base: u64,
    ) -> Result<(), DeskError> {
        let draft = self.draft(who, name).await?;
        let Some(draft) = draft.filter(|draft| draft.base == seen) else {
            return Ok(());
        };
        self.keep_draft(who, to, draft.text, base, 0).await?;
        self.drop_draft(who, name, draft.version).await
    }

    /// Deletes a file. What it said is a backup, and its versions can be restored. `seen` is the newest version that
    /// the person saw.
    ///
    /// # Errors
    /// [`DeskError::Locked`]; [`FileError::Conflict`](super::FileError::Conflict) if others saved since.
    pub async fn remove(&self, who: &Who, name: &str, seen: u64) -> Result<(), DeskError> {
        let held = self.hold(name).await?;
        let current = self.seen_by(&held, who, name, seen).await?;
        self.off_the_disk(&held, name, current).await?;
        let gone = self.gone(name, &who.actor).await;
        gone.map_err(half_done)
    }

    /// The file as somebody who may change it has seen it.
    async fn seen_by(
        &self,
        held: &Held,
        who: &Who,
        name: &str,
        seen: u64,
    ) -> Result<Current, DeskError> {
        self.check_allowed(who, name).await?;
        self.check_free(who, name).await?;
        let current = self.look(held, name).await?;
        if current.version != seen {
            return Err(changed_since(name, &current));
        }
        Ok(current)
    }

    async fn off_the_disk(
        &self,
        _held: &Held,
        name: &str,
        current: Current,
    ) -> Result<(), DeskError> {
        let (file, now) = (name.to_owned(), self.now());
        self.blocking(move |folder| Ok(folder.remove(&file, &current.loaded, now)?))
            .await
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
    /// For a name that no file may have.
    pub async fn check(&self, name: &str, text: String) -> Result<Checked, DeskError> {
        name::checked(name)?;
        let name = name.to_owned();
        self.blocking(move |folder| Ok(check(folder, &name, &text)))
            .await
    }
}
