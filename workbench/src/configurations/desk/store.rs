//! The one way of a text onto the disk: check, ask the engine, back up, write, verify, and write down the version.

use super::{Current, Desk, DeskError, Held, Who, list::Seen, versions::Origin};
use crate::configurations::{
    Action, Stored,
    check::check,
    files::Folder,
    merge::{Format, Merged, etag},
};

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
        held: Held,
        name: &str,
        ready: Ready,
        current: Option<Current>,
        who: &Who,
        session: Option<&str>,
    ) -> Result<Stored, DeskError> {
        let (desk, name, who) = (self.clone(), name.to_owned(), who.clone());
        let session = session.map(str::to_owned);
        // A browser that goes away must not leave a file without its version, nor free it while it is being written.
        Self::to_its_end(async move {
            desk.put_down(&held, &name, ready, current, &who, session)
                .await
        })
        .await
    }

    /// The same, for who holds more than this file and comes to an end in any case.
    pub(super) async fn put_down(
        &self,
        held: &Held,
        name: &str,
        ready: Ready,
        current: Option<Current>,
        who: &Who,
        session: Option<String>,
    ) -> Result<Stored, DeskError> {
        self.check_allowed(who, name).await?;
        let Ready {
            text,
            merged,
            action,
            of,
        } = ready;
        let (file, asked) = (name.to_owned(), text.clone());
        let etag = self
            .blocking(move |folder| fitting(folder, &file, &asked))
            .await?;
        if let Some(current) = current.as_ref().filter(|it| it.loaded.text == text) {
            return Ok(Stored {
                version: current.version,
                etag,
                text,
                merged,
                backup: None,
            });
        }
        let origin = Origin {
            action,
            of,
            actor: &who.actor,
            by: &who.person,
            session,
        };
        let (new, expected) = self.drafted(name, text.clone(), etag, &origin).await?;
        // What the engine has to say, of the size above all, it says before the file is touched.
        let mut draft = self.states().transaction(&who.actor);
        draft.put(new.clone(), expected).await?;
        let (file, now) = (name.to_owned(), self.now());
        let loaded = current.map(|current| current.loaded);
        let replace =
            move |folder: &Folder| Ok(folder.replace(&file, &text, loaded.as_ref(), now)?);
        let saved = self.blocking(replace).await?;
        let version = self.write_version(held, new, expected, &origin).await;
        let version = version.map_err(half_done)?;
        self.saw(name, Seen::saved(&saved, version, &who.person.name));
        Ok(Stored {
            version,
            etag: saved.etag,
            text: saved.text,
            merged,
            backup: saved.backup,
        })
    }
}

/// The file is as asked, and its version is not written yet: what would pass later all the same must not be called undone.
pub(super) fn half_done(error: DeskError) -> DeskError {
    match error {
        DeskError::State(why) if why.is_full() || why.is_away() => DeskError::Internal(format!(
            "a file is as asked, its version is not written: {why}"
        )),
        other => other,
    }
}

/// The version for programs of a text that fits its format and its schema.
fn fitting(folder: &Folder, name: &str, text: &str) -> Result<String, DeskError> {
    let checked = check(folder, name, text);
    let mut problems = checked.problems.iter();
    // A broken rule of the format alone is told as such.
    if problems.any(|problem| !problem.path.is_empty() || checked.schema.is_some()) {
        return Err(DeskError::Unfit(checked.problems));
    }
    let format = Format::of_name(name).unwrap_or(Format::Yaml);
    Ok(etag(format, text)?)
}
