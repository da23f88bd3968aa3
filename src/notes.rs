//! Notes of the application's own: small durable values under a name, beside the states and outside the log.
//!
//! For what is nobody's news and must not stay in a history, such as the hash of a password. A note is in every backup,
//! and moves with the states to another backend.

use serde_json::Value;

use crate::{Bound, Error, Limits, StateManager, backend::Note, validate};

/// What the names of an application's notes begin with, so that they never meet the engine's.
const OWN: &str = "own/";

impl StateManager {
    /// The application's note of this name.
    pub async fn note(&self, name: &str) -> Result<Option<Note>, Error> {
        let name = own(name)?;
        self.within("note", self.backend().note(&name)).await
    }

    /// The application's notes whose names begin so, by name.
    pub async fn notes(&self, prefix: &str) -> Result<Vec<(String, Note)>, Error> {
        let prefix = format!("{OWN}{prefix}");
        let found = self.within("notes", self.backend().notes(&prefix)).await?;
        let own = found.into_iter().filter_map(|(name, note)| {
            let name = name.strip_prefix(OWN)?.to_owned();
            Some((name, note))
        });
        Ok(own.collect())
    }

    /// Writes the application's note of this name, or removes it (`None`), if it still has the version `seen` (0:
    /// there is none). `false` when somebody else was faster; nothing was done then.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for a value above [`Limits::MAX_DATA_BYTES`], [`Error::Failed`] when the backend failed. The note may have been written: read it before trying again.
    pub async fn write_note(
        &self,
        name: &str,
        seen: u64,
        value: Option<&Value>,
    ) -> Result<bool, Error> {
        let name = own(name)?;
        if let Some(value) = value {
            let (what, limit) = (Bound::Data, Limits::MAX_DATA_BYTES);
            let size = validate::size(value)?.bytes;
            if size > limit {
                return Err(Error::TooLarge { what, size, limit });
            }
        }
        let written = self.backend().write_note(&name, seen, value);
        self.within("write_note", written).await
    }
}

fn own(name: &str) -> Result<String, Error> {
    validate::name("note", name)?;
    Ok(format!("{OWN}{name}"))
}
