//! Whether this program may start on what is stored: it must have the key to what is sealed, and know
//! every schema version that was ever written.
//!
//! Which versions these are is kept in notes `schema/<kind>`. A program raises them when it opens,
//! before its first write, so no older one can start behind its back.

use serde_json::{Value, json};

use crate::{
    Error, Kind, StateManager,
    backend::{Fault, Note, refuse_locked},
};

/// What the names of these notes begin with.
pub(crate) const PREFIX: &str = "schema/";

impl StateManager {
    /// Refuses what this program cannot read.
    pub(crate) async fn check_readable(&self) -> Result<(), Error> {
        let locked = refuse_locked(&**self.backend());
        self.within("open", locked).await?;
        self.claim_schemas().await
    }

    /// Refuses what is newer than this program, then notes what this program is going to write.
    async fn claim_schemas(&self) -> Result<(), Error> {
        let notes = self.backend().notes(PREFIX);
        for (name, note) in self.within("open", notes).await? {
            if let Some(kind) = name.strip_prefix(PREFIX) {
                self.found(&Kind::new(kind.to_owned()), Some(&note))?;
            }
        }
        for kind in self.schemas().kinds() {
            self.claim(kind).await?;
        }
        Ok(())
    }

    /// Notes that a kind is written in its newest version from now on.
    async fn claim(&self, kind: &Kind) -> Result<(), Error> {
        let (name, known) = (format!("{PREFIX}{kind}"), self.schemas().known(kind));
        loop {
            let note = self.within("open", self.backend().note(&name)).await?;
            if self.found(kind, note.as_ref())? == known {
                return Ok(());
            }
            let (seen, value) = (note.map_or(0, |note| note.version), json!(known));
            let written = self.backend().write_note(&name, seen, Some(&value));
            // Whoever was faster may be newer: look again.
            self.within("open", written).await?;
        }
    }

    /// Refuses a note out of a backup that says that a kind is newer there than this program knows.
    pub(crate) fn check_noted(&self, name: &str, value: &Value) -> Result<(), Error> {
        let Some(kind) = name.strip_prefix(PREFIX) else {
            return Ok(());
        };
        let (value, version) = (value.clone(), 1);
        let note = Note { value, version };
        self.found(&Kind::new(kind.to_owned()), Some(&note))
            .map(drop)
    }

    /// The version in a note, if this program knows it.
    fn found(&self, kind: &Kind, note: Option<&Note>) -> Result<u32, Error> {
        let Some(note) = note else { return Ok(0) };
        let found: u32 =
            serde_json::from_value(note.value.clone()).map_err(|error| Error::Failed {
                operation: "open",
                source: Fault::from(format!(
                    "the note `{PREFIX}{kind}` is not a version: {error}"
                )),
            })?;
        let known = self.schemas().known(kind);
        if found > known {
            let kind = kind.clone();
            return self.counted(Err(Error::TooNew { kind, found, known }));
        }
        Ok(found)
    }
}
