//! The one way of a text onto the disk: check, back up, write, verify, and write down the version.

use super::{Current, Desk, DeskError, Held, Who, list::Seen, versions::Origin};
use crate::configurations::{Action, Stored, check::check, merge::Merged};

/// A text on its way to the disk.
pub(super) struct Ready {
    pub(super) text: String,
    pub(super) merged: Vec<Merged>,
    pub(super) action: Action,
    pub(super) of: Option<u64>,
}

impl Ready {
    pub(super) fn as_is(text: String, action: Action) -> Self {
        Self {
            text,
            merged: Vec::new(),
            action,
            of: None,
        }
    }
}

impl Desk {
    /// Puts a text in the file's place and writes down the version.
    pub(super) async fn store(
        &self,
        held: &Held,
        name: &str,
        ready: Ready,
        current: Option<Current>,
        who: &Who,
        session: Option<&str>,
    ) -> Result<Stored, DeskError> {
        self.check_allowed(who, name).await?;
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
                let version = self.write_version(held, name, text, etag, origin).await?;
                self.saw(name, Seen::saved(&saved, version, &who.person.name));
                version
            }
        };
        Ok(Stored {
            version,
            etag: saved.etag,
            text: saved.text,
            merged,
            backup: saved.backup,
        })
    }
}
