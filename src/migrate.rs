//! Moving to another backend while everybody goes on writing to the old one.
//!
//! What moves is the log, and with it every state and its history, and the notes. The old backend is
//! only read: to undo a move is to go on with it, as long as nobody has written to the new one.
//!
//! # How a server cuts over
//! 1. [`Migration::begin`], and [`Migration::follow`] beside the running server, which goes on writing.
//!    Each call catches up once; the second and later ones are short.
//! 2. Stop everybody who writes: the servers, and their sweepers.
//! 3. [`Migration::cut_over`]. It copies what came in between, and the notes, and finds out that nobody
//!    writes any more and that both sides are the same; or it refuses, and the servers go on as before.
//! 4. Change `state.backend` and `state.database_url`, and start the servers.
//!
//! A move that was interrupted is begun again: what is there already is compared, not written.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    CopyError, Progress, Revision, StateManager,
    copy::{self, Copier},
};

/// A move in the making. Dropping it leaves the old engine as it was, and the new one half full.
#[derive(Debug)]
pub struct Migration {
    from: StateManager,
    to: StateManager,
    copier: Copier,
}

/// What was moved, and found to be the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where both logs stand.
    pub revision: Revision,
    /// How many states there are, deleted ones too.
    pub states: u64,
    /// How many notes.
    pub notes: u64,
    /// SHA-256 over all changes, each chained to the one before, as read from the old engine and as
    /// read from the new one: hexadecimal text.
    pub sha256: String,
}

/// Moves everything at once, for a server that stands still.
///
/// # Errors
/// [`CopyError`]; the old engine is as it was in any case.
pub async fn migrate(
    from: &StateManager,
    to: &StateManager,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Moved, CopyError> {
    let mut migration = Migration::begin(from, to).await?;
    migration.follow(&mut progress).await?;
    migration.cut_over(progress).await
}

impl Migration {
    /// Begins a move to an engine that is empty, or holds the beginning of the same log. Both must know
    /// the same kinds.
    ///
    /// # Errors
    /// [`CopyError::Occupied`] when something else is there; nothing was written then.
    pub async fn begin(from: &StateManager, to: &StateManager) -> Result<Self, CopyError> {
        let copier = Copier::begin(to).await?;
        let already = copier.already();
        let before = Revision(already.0.saturating_sub(1));
        let last = |states: &StateManager| {
            let states = states.clone();
            async move {
                states
                    .within("migrate", states.backend().log(before, 1))
                    .await
            }
        };
        let is_beginning = already == Revision(0) || {
            let (given, found) = (last(from).await?, last(to).await?);
            given.len() == found.len() && given.iter().zip(&found).all(|(a, b)| copy::agrees(a, b))
        };
        if !is_beginning {
            let revision = already;
            return Err(CopyError::Occupied { revision });
        }
        Ok(Self {
            from: from.clone(),
            to: to.clone(),
            copier,
        })
    }

    /// Copies what the log holds by now, and compares it. Others may write to the old engine meanwhile.
    /// Where the copy stands then.
    ///
    /// # Errors
    /// [`CopyError::Differs`] names the first differences. After an error of an engine it may be
    /// called again on a migration that is begun anew.
    pub async fn follow(
        &mut self,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<Revision, CopyError> {
        let of = self.from.within("migrate", self.from.backend().revision());
        let of = of.await?;
        while self.copier.copied() < of {
            let page = copy::page(&self.from, self.copier.copied(), of).await?;
            self.copier.copy(&page).await?;
            let copied = self.copier.copied();
            progress(Progress { copied, of });
        }
        Ok(of)
    }

    /// The end of a move: nobody may write to the old engine any more. From here on the new one holds
    /// the same.
    ///
    /// # Errors
    /// [`CopyError::StillWritten`] when somebody does write, [`CopyError::Differs`] when the two are
    /// not the same. The server then goes on with the old engine.
    pub async fn cut_over(
        mut self,
        progress: impl FnMut(Progress) + Send,
    ) -> Result<Moved, CopyError> {
        self.follow(progress).await?;
        let notes = self.copy_notes().await?;
        let copied = self.copier.copied();
        for side in [&self.from, &self.to] {
            let revision = side.within("migrate", side.backend().revision()).await?;
            if revision != copied {
                return Err(CopyError::StillWritten { revision });
            }
        }
        let (given, found) = self.copier.digests();
        if given != found {
            return Err(CopyError::Differs {
                differences: Vec::new(),
            });
        }
        Ok(Moved {
            revision: copied,
            states: self.copier.states(),
            notes,
            sha256: found,
        })
    }

    /// Makes the notes of the new engine those of the old one, and looks at both again.
    async fn copy_notes(&self) -> Result<u64, CopyError> {
        let given = notes(&self.from).await?;
        let found = notes(&self.to).await?;
        let gone = found.keys().filter(|name| !given.contains_key(*name));
        let wanted = given.iter().map(|(name, (value, _))| (name, Some(value)));
        for (name, value) in wanted.chain(gone.map(|name| (name, None))) {
            let there = found.get(name);
            if there.map(|(value, _)| value) == value {
                continue;
            }
            let seen = there.map_or(0, |(_, version)| *version);
            let written = self.to.backend().write_note(name, seen, value);
            if !self.to.within("migrate", written).await? {
                let at = self.copier.copied();
                return Err(CopyError::Interfered { at });
            }
        }
        let (given, found) = (notes(&self.from).await?, notes(&self.to).await?);
        copy::compare_notes(&values(&given), &values(&found))?;
        Ok(given.len() as u64)
    }
}

type Notes = BTreeMap<String, (Value, u64)>;

async fn notes(of: &StateManager) -> Result<Notes, CopyError> {
    let notes = of.within("migrate", of.backend().notes("")).await?;
    let notes = notes.into_iter();
    Ok(notes
        .map(|(name, note)| (name, (note.value, note.version)))
        .collect())
}

fn values(notes: &Notes) -> BTreeMap<&str, &Value> {
    let notes = notes.iter();
    notes
        .map(|(name, (value, _))| (name.as_str(), value))
        .collect()
}
