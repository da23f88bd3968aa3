//! Editing sessions: opened on demand, ended by their owner or by idleness. Looking at who is there keeps nobody there.

use std::time::Duration;

use holdfast::{Expected, Interest, New, Scope, State, StateId, Ttl, Update};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Desk, DeskError, EDITING, IDLE, MANY, Who, read, write};
use crate::{
    Person,
    configurations::{Editor, Opened, Place, Room},
};

/// The same place is written down again after so long, to keep the session alive.
const RENEW: Duration = Duration::from_secs(60);

/// What an editing session's state holds; its name is the file's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) person: Person,
    pub(super) place: Place,
    pub(super) has_changes: bool,
    /// The version that was opened.
    pub(super) opened: u64,
}

impl Desk {
    /// Opens a file to edit it.
    ///
    /// # Errors
    /// Those of reading the file.
    pub async fn open_file(&self, who: &Who, name: &str) -> Result<Opened, DeskError> {
        let current = self.glance(name).await?;
        let session = Session {
            person: who.person.clone(),
            place: Place::default(),
            has_changes: false,
            opened: current.version,
        };
        let new = New {
            metadata: json!({ "owner": who.scope.to_string() }),
            ..New::of(EDITING, name, self.scope().clone(), write(&session)?)
        };
        let new = new.with_ttl(Ttl::For(IDLE));
        let state = self.states().register(new, &who.actor).await?;
        let draft = self.unsaved(who, name, &current.loaded.text).await?;
        Ok(Opened {
            session: state.id.to_string(),
            name: name.to_owned(),
            format: current.loaded.format,
            version: current.version,
            etag: current.loaded.etag,
            text: current.loaded.text,
            draft,
            room: self.room(name).await?,
        })
    }

    /// The file of a person's editing session.
    ///
    /// # Errors
    /// [`DeskError::Ended`] if it is over, or somebody else's.
    pub async fn file_of(&self, who: &Who, session: &str) -> Result<String, DeskError> {
        Ok(self.session(who, session).await?.0)
    }

    /// The file and content of a person's session.
    pub(super) async fn session(
        &self,
        who: &Who,
        session: &str,
    ) -> Result<(String, Session), DeskError> {
        let found = self
            .states()
            .get(self.scope(), &StateId::new(session))
            .await;
        let state = match found {
            Ok(state) => state,
            Err(holdfast::Error::Expired { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let is_own = |state: &State| {
            let owner = state.metadata.get("owner").and_then(|owner| owner.as_str());
            state.kind == EDITING && owner == Some(&who.scope.to_string())
        };
        let state = state
            .filter(|state| is_own(state))
            .ok_or(DeskError::Ended)?;
        Ok((state.name.clone(), read(&state.data)?))
    }

    /// A person's session, with its file.
    ///
    /// # Errors
    /// [`DeskError::Ended`].
    pub async fn editor(&self, who: &Who, session: &str) -> Result<(String, Editor), DeskError> {
        let (name, _) = self.session(who, session).await?;
        let editors = self.editors().await?.into_iter();
        let mut own = editors.filter(|(_, editor)| editor.session == session);
        own.next()
            .map(|(_, editor)| (name, editor))
            .ok_or(DeskError::Ended)
    }

    /// Says where somebody is, which keeps their session, and their lock, alive.
    ///
    /// # Errors
    /// [`DeskError::Ended`].
    pub async fn touch(
        &self,
        who: &Who,
        session: &str,
        place: Place,
        has_changes: bool,
    ) -> Result<(), DeskError> {
        let (name, before) = self.session(who, session).await?;
        let id = StateId::new(session);
        let is_same = before.place == place && before.has_changes == has_changes;
        let state = self
            .states()
            .get(self.scope(), &id)
            .await?
            .ok_or(DeskError::Ended)?;
        let age = self.now().0.saturating_sub(state.updated_at.0);
        let is_fresh = u128::try_from(age).is_ok_and(|age| age < RENEW.as_millis());
        if is_same && is_fresh {
            return Ok(());
        }
        let now = Session {
            place,
            has_changes,
            ..before
        };
        let update = Update::Replace(write(&now)?);
        let (states, any) = (self.states(), Expected::Any);
        states
            .update(self.scope(), &id, update, any, &who.actor)
            .await?;
        self.renew_lock(who, &name, session).await
    }

    /// Ends a session; its lock is free again. One that is over already is fine.
    pub async fn close(&self, who: &Who, session: &str) -> Result<(), DeskError> {
        let name = match self.session(who, session).await {
            Ok((name, _)) => name,
            Err(DeskError::Ended) => return Ok(()),
            Err(error) => return Err(error),
        };
        self.release(who, &name, session).await?;
        let (id, any) = (StateId::new(session), Expected::Any);
        match self
            .states()
            .delete(self.scope(), &id, any, &who.actor)
            .await
        {
            Ok(()) | Err(holdfast::Error::Absent { .. } | holdfast::Error::Expired { .. }) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Who has a file open, its lock and its newest version.
    pub async fn room(&self, name: &str) -> Result<Room, DeskError> {
        let mut editors = self.editors().await?;
        editors.retain(|(file, _)| file == name);
        let state = self.state_of(name).await?;
        let content = state.as_ref().map(|state| read(&state.data)).transpose()?;
        Ok(Room {
            editors: editors.into_iter().map(|(_, editor)| editor).collect(),
            lock: self.lock_on(name).await?,
            version: state.map_or(0, |state| state.version.0),
            saved_by: content.map_or_else(String::new, |it: super::versions::Content| it.by),
            now: self.now().0,
        })
    }

    /// Everybody who has a file open, with the file.
    pub(super) async fn editors(&self) -> Result<Vec<(String, Editor)>, DeskError> {
        let states = self
            .states()
            .list(self.scope(), Some(&EDITING), None, MANY)
            .await?;
        let editor = |state: &State| {
            let session: Session = read(&state.data)?;
            let editor = Editor {
                session: state.id.to_string(),
                person: session.person,
                place: session.place,
                has_changes: session.has_changes,
                opened: session.opened,
                since: state.created_at.0,
                seen: state.updated_at.0,
            };
            Ok((state.name.clone(), editor))
        };
        let mut editors: Vec<_> = states
            .iter()
            .map(|state| editor(state))
            .collect::<Result<_, DeskError>>()?;
        editors.sort_by_key(|(_, editor)| editor.since);
        Ok(editors)
    }

    /// What of the log tells that somebody came, went or moved, that a lock passed on or a file has a new version.
    pub fn interest() -> Interest {
        Interest {
            scope: Some(Scope::Shared),
            kinds: vec![super::CONFIGURATION, EDITING, super::LOCK],
            ..Interest::default()
        }
    }
}
