//! A file's versions: those of its state. What is on disk is always the newest, whoever wrote it.

use std::sync::Arc;

use holdfast::{Actor, Change, Expected, HistoryQuery, New, State, Status, Ttl};
use serde::{Deserialize, Serialize};

use super::{CONFIGURATION, Desk, DeskError, Held, id_of, list::Seen, read, write};
use crate::Person;
use crate::configurations::{
    Action, Version, VersionSide,
    files::{FileError, Loaded},
    merge::{Format, value},
    summary::summary,
};

/// Versions shown of a file's history, the newest.
const SHOWN: usize = 200;

/// What a version's state holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) etag: String,
    pub(super) action: Action,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<u64>,
    pub(super) by: String,
    /// The editing session it was saved in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
    #[serde(default)]
    pub(super) summary: String,
}

/// A file as it is now.
#[derive(Debug)]
pub(super) struct Current {
    pub(super) loaded: Loaded,
    pub(super) version: u64,
    pub(super) by: String,
}

/// How a version came to be, for the one that is written.
pub(super) struct Origin<'a> {
    pub(super) action: Action,
    pub(super) of: Option<u64>,
    pub(super) actor: &'a Actor,
    pub(super) by: &'a Person,
    pub(super) session: Option<String>,
}

impl Desk {
    /// The file as it is on disk. What another program wrote becomes a version.
    pub(super) async fn look(&self, held: &Held, name: &str) -> Result<Current, DeskError> {
        let loaded = self.on_disk(name).await;
        let state = self.state_of(name).await?;
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(DeskError::File(FileError::Missing(missing))) => {
                if state.is_some() {
                    self.gone(name, &disk_actor()).await?;
                }
                return Err(FileError::Missing(missing).into());
            }
            Err(error) => return Err(error),
        };
        if let Some((version, by)) = version_of(state.as_deref(), &loaded)? {
            self.saw(name, Seen::of(&loaded, version, &by));
            return Ok(Current {
                loaded,
                version,
                by,
            });
        }
        let origin = Origin {
            action: if state.is_some() {
                Action::Disk
            } else {
                Action::Create
            },
            of: None,
            actor: &disk_actor(),
            by: &disk_person(state.is_some()),
            session: None,
        };
        let (text, etag) = (loaded.text.clone(), loaded.etag.clone());
        let (new, expected) = self.drafted(name, text, etag, &origin).await?;
        let version = self.write_version(held, new, expected, &origin).await?;
        let by = disk_person(version > 1).name;
        self.saw(name, Seen::of(&loaded, version, &by));
        Ok(Current {
            loaded,
            version,
            by,
        })
    }

    /// The file for whoever only reads it. Nobody waits, unless what is on disk has yet to become a version.
    pub(super) async fn glance(&self, name: &str) -> Result<Current, DeskError> {
        match self.on_disk(name).await {
            Ok(loaded) => {
                let state = self.state_of(name).await?;
                if let Some((version, by)) = version_of(state.as_deref(), &loaded)? {
                    return Ok(Current {
                        loaded,
                        version,
                        by,
                    });
                }
            }
            Err(DeskError::File(FileError::Missing(_))) => {}
            Err(error) => return Err(error),
        }
        let held = self.hold(name).await?;
        self.look(&held, name).await
    }

    async fn on_disk(&self, name: &str) -> Result<Loaded, DeskError> {
        let name = name.to_owned();
        self.blocking(move |folder| Ok(folder.read(&name)?)).await
    }

    /// The next version of a file, for the engine.
    pub(super) async fn drafted(
        &self,
        name: &str,
        text: String,
        etag: String,
        origin: &Origin<'_>,
    ) -> Result<(New, Expected), DeskError> {
        let before = self.state_of(name).await?;
        let older: Option<Content> = before.as_ref().map(|state| read(&state.data)).transpose()?;
        let summary = match &older {
            Some(older) => self.change_between(name, &older.text, &text).await?,
            None => "New file".into(),
        };
        let content = Content {
            text,
            etag,
            action: origin.action,
            of: origin.of,
            by: origin.by.name.clone(),
            session: origin.session.clone(),
            summary,
        };
        let new = New::of(CONFIGURATION, name, self.scope().clone(), write(&content)?)
            .with_id(id_of(&CONFIGURATION, name))
            .with_ttl(Ttl::Never);
        let expected = before.map_or(Expected::Absent, |state| Expected::Version(state.version));
        Ok((new, expected))
    }

    /// Writes down a version of what is on disk now.
    pub(super) async fn write_version(
        &self,
        _held: &Held,
        new: New,
        expected: Expected,
        origin: &Origin<'_>,
    ) -> Result<u64, DeskError> {
        let state = self.states().put(new, expected, origin.actor).await?;
        Ok(state.version.0)
    }

    /// A file as it is, for programs: its version, who saved it, and its etag.
    ///
    /// # Errors
    /// Those of reading the file.
    pub async fn get(&self, name: &str) -> Result<(VersionSide, String), DeskError> {
        let current = self.glance(name).await?;
        let side = VersionSide {
            version: current.version,
            by: current.by,
            text: current.loaded.text,
        };
        Ok((side, current.loaded.etag))
    }

    /// A file's format and text.
    ///
    /// # Errors
    /// Those of reading the file.
    pub async fn read(&self, name: &str) -> Result<(Format, String), DeskError> {
        let current = self.glance(name).await?;
        Ok((current.loaded.format, current.loaded.text))
    }

    /// The newest version's state; `None` while there is no such file.
    pub(super) async fn state_of(&self, name: &str) -> Result<Option<Arc<State>>, DeskError> {
        self.newest(&id_of(&CONFIGURATION, name)).await
    }

    /// The file is gone: so is its state. Its history stays.
    pub(super) async fn gone(&self, name: &str, actor: &Actor) -> Result<(), DeskError> {
        let id = id_of(&CONFIGURATION, name);
        self.with_seen(|seen| drop(seen.remove(name)));
        match self
            .states()
            .delete(self.scope(), &id, Expected::Any, actor)
            .await
        {
            Ok(()) | Err(holdfast::Error::Absent { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The content of one version.
    pub(super) async fn content(&self, name: &str, version: u64) -> Result<Content, DeskError> {
        let lost = || DeskError::NoVersion {
            name: name.to_owned(),
            version,
        };
        let query = HistoryQuery {
            before: Some(holdfast::Version(version.saturating_add(1))),
            last: Some(1),
            ..HistoryQuery::default()
        };
        let id = id_of(&CONFIGURATION, name);
        let found = self.states().history(self.scope(), &id, query).await?;
        let state = found.into_iter().next().map(|change| change.after);
        let state = state.filter(|state| state.version.0 == version && state.removed.is_none());
        read(&state.ok_or_else(lost)?.data)
    }

    /// A version's text and who saved it.
    pub async fn version(&self, name: &str, version: u64) -> Result<VersionSide, DeskError> {
        let content = self.content(name, version).await?;
        Ok(VersionSide {
            version,
            by: content.by,
            text: content.text,
        })
    }

    /// A file's versions, the newest first; also those of a file that is gone.
    pub async fn versions(&self, name: &str) -> Result<Vec<Version>, DeskError> {
        let (id, query) = (id_of(&CONFIGURATION, name), HistoryQuery::last(SHOWN));
        let changes = self.states().history(self.scope(), &id, query).await?;
        changes.iter().map(told).collect()
    }

    /// What changed between two texts, in a line.
    async fn change_between(
        &self,
        name: &str,
        older: &str,
        newer: &str,
    ) -> Result<String, DeskError> {
        let Some(format) = Format::of_name(name) else {
            return Ok(String::new());
        };
        let (older, newer) = (older.to_owned(), newer.to_owned());
        self.blocking(move |_| {
            Ok(match (value(format, &older), value(format, &newer)) {
                (Ok(older), Ok(newer)) => summary(&older, &newer),
                // One of the two is not valid; that is told elsewhere.
                _ => String::new(),
            })
        })
        .await
    }
}

/// Which version a file is, and who saved it; `None` if it is not the newest that was written down.
fn version_of(state: Option<&State>, loaded: &Loaded) -> Result<Option<(u64, String)>, DeskError> {
    let Some(state) = state else { return Ok(None) };
    let content: Content = read(&state.data)?;
    Ok((content.text == loaded.text).then_some((state.version.0, content.by)))
}

fn told(change: &Change) -> Result<Version, DeskError> {
    let state = &change.after;
    let is_deleted = state.status == Status::DELETED;
    let content: Option<Content> = match state.removed {
        None if !is_deleted => Some(read(&state.data)?),
        _ => None,
    };
    let by = content.as_ref().map(|it| it.by.clone());
    Ok(Version {
        version: state.version.0,
        at: change.at.0,
        by: by.unwrap_or_else(|| change.actor.name.clone()),
        action: content.as_ref().map_or(Action::Disk, |it| it.action),
        of: content.as_ref().and_then(|it| it.of),
        summary: content.map_or_else(String::new, |it| it.summary),
        is_deleted,
    })
}

/// In whose name another program's change is written down.
pub(super) fn disk_actor() -> Actor {
    Actor::new("disk")
}

/// Whoever wrote a file that we only find: again, or for the first time.
fn disk_person(is_known: bool) -> Person {
    let name = if is_known {
        "Another program"
    } else {
        "Found in the folder"
    };
    Person {
        key: "disk".into(),
        name: name.into(),
    }
}
