//! Which endpoints there are, in all scopes: what the log says about states of the kind `webhook`, and
//! how far it was read, in one note.

use serde::{Deserialize, Serialize};

use crate::{
    Bound, Change, Error, Kind, Limits, Revision, Scope, StateId, StateManager, Status,
    log::MAX_PAGE,
};

const NOTE: &str = "webhooks";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Roster {
    position: Revision,
    pub(super) endpoints: Vec<Entry>,
}

/// An endpoint, and where its part of the log begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) scope: Scope,
    pub(super) id: StateId,
    pub(super) since: Revision,
    /// Whether all that is left to do is to clean up after it.
    pub(super) is_deleted: bool,
}

impl Roster {
    /// The roster as of the end of the log.
    pub(super) async fn read(states: &StateManager) -> Result<Self, Error> {
        let saved = load(states).await?;
        let mut roster = saved.map_or_else(Self::default, |(roster, _)| roster);
        loop {
            let page = states.log(roster.position, MAX_PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            let position = last.revision;
            for change in page.iter().filter(|it| it.after.kind == Kind::WEBHOOK) {
                roster.apply(change);
            }
            roster.position = position;
        }
        roster.save(states).await?;
        Ok(roster)
    }

    pub(super) fn position(&self) -> Revision {
        self.position
    }

    /// Follows one change of an endpoint, and says which. Whatever is in the log is taken: an endpoint too many is
    /// refused when it is made.
    pub(super) fn apply(&mut self, change: &Change) -> Entry {
        self.position = self.position.max(change.revision);
        let state = &change.after;
        let place = self.place(&state.scope, &state.id);
        let known = place.map(|place| self.endpoints.swap_remove(place));
        let since = known.filter(|it| !it.is_deleted).map(|it| it.since);
        let entry = Entry {
            scope: state.scope.clone(),
            id: state.id.clone(),
            since: since.unwrap_or(change.revision),
            is_deleted: state.status == Status::DELETED,
        };
        self.endpoints.push(entry.clone());
        entry
    }

    /// An endpoint was cleaned up after. The entry if there is one of its name again.
    pub(super) fn cleaned(&mut self, entry: &Entry) -> Option<Entry> {
        let place = self.place(&entry.scope, &entry.id)?;
        let current = self.endpoints.get(place)?.clone();
        if !current.is_deleted {
            return Some(current);
        }
        self.endpoints.swap_remove(place);
        None
    }

    fn place(&self, scope: &Scope, id: &StateId) -> Option<usize> {
        let mut endpoints = self.endpoints.iter();
        endpoints.position(|entry| entry.scope == *scope && entry.id == *id)
    }

    /// Writes it down unless another server, which reads the same log, is further already.
    pub(super) async fn save(&self, states: &StateManager) -> Result<(), Error> {
        loop {
            let old = load(states).await?;
            let seen = match old {
                Some((old, _)) if old.position >= self.position => return Ok(()),
                Some((_, version)) => version,
                None => 0,
            };
            let value = serde_json::to_value(self).map_err(failed)?;
            let written = states.backend().write_note(NOTE, seen, Some(&value));
            if states.within("webhooks", written).await? {
                return Ok(());
            }
        }
    }
}

impl StateManager {
    /// That one more endpoint may come to be, or this one is there. It counts those that a delivering server has
    /// met in the log and the `drafted` ones of the same transaction, so a crowd may make a few too many: all of them are
    /// told.
    pub(crate) async fn room_for_endpoint(
        &self,
        scope: &Scope,
        id: &StateId,
        drafted: u64,
    ) -> Result<(), Error> {
        let (mut others, limit) = (drafted, Limits::ENDPOINTS);
        if let Some((roster, _)) = load(self).await? {
            for entry in roster.endpoints.iter().filter(|entry| !entry.is_deleted) {
                if entry.scope == *scope && entry.id == *id {
                    return Ok(());
                }
                others += 1;
            }
        }
        if others < limit {
            return Ok(());
        }
        let (what, size) = (Bound::Endpoints, others + 1);
        self.counted(Err(Error::TooLarge { what, size, limit }))
    }
}

async fn load(states: &StateManager) -> Result<Option<(Roster, u64)>, Error> {
    let found = states.within("webhooks", states.backend().note(NOTE));
    let Some(note) = found.await? else {
        return Ok(None);
    };
    let roster = serde_json::from_value(note.value).map_err(failed)?;
    Ok(Some((roster, note.version)))
}

fn failed(error: serde_json::Error) -> Error {
    Error::Failed {
        operation: "webhooks",
        source: error.into(),
    }
}
