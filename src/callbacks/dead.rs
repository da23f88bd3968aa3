//! Dead letters: changes that a subscriber could not handle and goes on without. They are kept until
//! somebody has them handled again, or discards them.

use serde::{Deserialize, Serialize};

use crate::{
    Change, Error, Kind, Revision, Scope, StateId, StateManager, Timestamp, Transition,
    backend::Note,
};

/// Bytes of a handler's words that are kept with a dead letter.
const WHY_BYTES: usize = 1024;

/// A change that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its place in the log, where all of it is.
    pub revision: Revision,
    /// Whose state.
    pub scope: Scope,
    /// Which one.
    pub id: StateId,
    /// What it is about.
    pub kind: Kind,
    /// What was done to it.
    pub transition: Transition,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong the last time, shortened to 1 kB.
    pub why: String,
    /// When it was given up.
    pub at: Timestamp,
}

impl DeadLetter {
    pub(super) fn of(change: &Change, attempts: u32, why: &str, at: Timestamp) -> Self {
        let state = &change.after;
        let end = why.floor_char_boundary(WHY_BYTES);
        Self {
            revision: change.revision,
            scope: state.scope.clone(),
            id: state.id.clone(),
            kind: state.kind.clone(),
            transition: change.transition.clone(),
            attempts,
            why: why.get(..end).unwrap_or_default().into(),
            at,
        }
    }
}

impl StateManager {
    /// The dead letters of a subscriber, in the order of the log.
    pub async fn dead_letters(&self, subscriber: &str) -> Result<Vec<DeadLetter>, Error> {
        let folder = folder(subscriber);
        let notes = self.within("dead_letters", self.backend().notes(&folder));
        let letters = notes.await?.into_iter();
        let letters = letters.map(|(_, note)| serde_json::from_value(note.value));
        letters.collect::<Result<_, _>>().map_err(failed)
    }

    /// Has a dead letter handled again, with all attempts, and forgets it; should it fail again it
    /// comes back. `false` when there is none.
    pub async fn retry_dead_letter(
        &self,
        subscriber: &str,
        revision: Revision,
    ) -> Result<bool, Error> {
        let Some(letter) = self.letter(subscriber, revision).await? else {
            return Ok(false);
        };
        // Asked for before it is forgotten: a crash in between repeats it and loses nothing.
        self.replay(subscriber, revision..=revision).await?;
        // One that has failed again by now is another version of the note, and stays.
        self.forget(subscriber, revision, letter.version).await?;
        Ok(true)
    }

    /// Forgets a dead letter. `false` when there is none.
    pub async fn discard_dead_letter(
        &self,
        subscriber: &str,
        revision: Revision,
    ) -> Result<bool, Error> {
        match self.letter(subscriber, revision).await? {
            Some(letter) => self.forget(subscriber, revision, letter.version).await,
            None => Ok(false),
        }
    }

    /// Keeps a dead letter, in the place of an older one of the same change.
    pub(super) async fn bury(&self, subscriber: &str, letter: &DeadLetter) -> Result<(), Error> {
        let value = serde_json::to_value(letter).map_err(failed)?;
        let note = place(subscriber, letter.revision);
        loop {
            let old = self.letter(subscriber, letter.revision).await?;
            let seen = old.map_or(0, |note| note.version);
            let written = self.backend().write_note(&note, seen, Some(&value));
            if self.within("dead_letters", written).await? {
                return Ok(());
            }
        }
    }

    async fn letter(&self, subscriber: &str, revision: Revision) -> Result<Option<Note>, Error> {
        let note = place(subscriber, revision);
        self.within("dead_letters", self.backend().note(&note))
            .await
    }

    async fn forget(&self, subscriber: &str, revision: Revision, seen: u64) -> Result<bool, Error> {
        let note = place(subscriber, revision);
        let removed = self.backend().write_note(&note, seen, None);
        self.within("dead_letters", removed).await
    }
}

/// Where all dead letters are.
pub(super) const NOTES: &str = "dead/";

pub(super) fn read(value: serde_json::Value) -> Result<DeadLetter, Error> {
    serde_json::from_value(value).map_err(failed)
}

/// Where the dead letters of a subscriber are. A name has no `/`, so nobody else's begin so.
pub(super) fn folder(subscriber: &str) -> String {
    format!("{NOTES}{subscriber}/")
}

fn place(subscriber: &str, revision: Revision) -> String {
    // As many digits as a revision can have: names sort as numbers do.
    format!("{}{:020}", folder(subscriber), revision.0)
}

fn failed(error: serde_json::Error) -> Error {
    Error::Failed {
        operation: "dead_letters",
        source: error.into(),
    }
}
