//! Saving out of an editing session: what others saved since is merged in, or shown as a choice.

use super::{Current, Desk, DeskError, FileError, Who, store::Ready};
use crate::configurations::{
    Action, Conflicts, SaveOutcome, Stored, VersionSide,
    merge::{Answer, Format, Merge, Side, merge},
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
    /// The version of the draft that this text was kept as, if it was: that draft goes with the save.
    pub draft: Option<u64>,
}

/// How often a save begins again because another program wrote the file meanwhile.
const TRIES: u32 = 4;

impl Desk {
    /// Saves the file of an editing session. What others saved since the text's base is merged in; where both changed
    /// the same place, nothing is saved and the places are told.
    ///
    /// # Errors
    /// [`DeskError::Ended`], [`DeskError::Locked`], [`DeskError::LockLost`]; [`DeskError::Unfit`] and
    /// [`FileError`](super::FileError) with the place; [`DeskError::NoVersion`] if the base is not there any more.
    pub async fn save(
        &self,
        who: &Who,
        session: &str,
        work: Work,
    ) -> Result<SaveOutcome, DeskError> {
        let (name, _) = self.session(who, session).await?;
        for _ in 1..TRIES {
            match self.try_save(who, &name, session, &work).await {
                // Another program wrote the file just now: that is somebody's edit as well, and is merged.
                Err(DeskError::File(FileError::Conflict { .. })) => {}
                outcome => return outcome,
            }
        }
        self.try_save(who, &name, session, &work).await
    }

    async fn try_save(
        &self,
        who: &Who,
        name: &str,
        session: &str,
        work: &Work,
    ) -> Result<SaveOutcome, DeskError> {
        let held = self.hold(name).await?;
        self.check_lock(&held, name, session, work.token).await?;
        let current = self.look(&held, name).await?;
        let text = work.text.clone();
        let ready = if work.base == current.version {
            Ready::as_is(text, Action::Save)
        } else if work.is_overwriting {
            if !who.may_override {
                return Err(DeskError::NotHolder);
            }
            Ready::as_is(text, Action::Overwrite)
        } else {
            match self.merged(name, work.base, &current, text).await? {
                Ok(ready) => ready,
                Err(conflicts) => return Ok(SaveOutcome::Conflicts(conflicts)),
            }
        };
        let stored = self
            .store(held, name, ready, Some(current), who, Some(session))
            .await?;
        if let Some(draft) = work.draft {
            match self.drop_draft(who, name, draft).await {
                // Another tab has kept another text since: that is not saved.
                Err(DeskError::State(holdfast::Error::Conflict { .. })) => {}
                dropped => dropped?,
            }
        }
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
        let current = self.glance(&name).await?;
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

    /// What was typed on while `sent` was being saved, on top of the version `saved` that came of it with changes of others:
    /// seen from that version, a text that only has what was typed would take their changes back. `None` where the two
    /// meet: then the text begins where it began before the save.
    ///
    /// # Errors
    /// [`DeskError::NoVersion`]; [`FileError::Invalid`] while what is typed cannot be read.
    pub async fn carried(
        &self,
        name: &str,
        sent: String,
        saved: u64,
        mine: String,
    ) -> Result<Option<String>, DeskError> {
        let theirs = self.content(name, saved).await?.text;
        let merge = self.merge_of(name, sent, theirs, mine).await?;
        Ok(merge.text().map(str::to_owned))
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
}
