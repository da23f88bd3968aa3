//! What happened elsewhere, as a write that makes it have happened here.

use std::sync::Arc;

use super::StateManager;
use crate::{
    Change, Error, State,
    backend::{Quota, Write},
    text::Text,
    validate,
};

impl StateManager {
    /// That a change of this state can be written here as it was.
    pub(crate) fn replayable(&self, state: &State) -> Result<(), Error> {
        self.lifecycle_of(&state.kind).map(drop)
    }

    /// The write that a change was. It is not checked again: what was within the limits then
    /// stays what happened.
    pub(crate) fn replayed(&self, change: &Change) -> Result<Write, Error> {
        let after = &change.after;
        let can_expire = self.lifecycle_of(&after.kind)?.can_expire(&after.status);
        let names = after.id.as_str().len() + after.name.len();
        let data = validate::size(&after.data)?;
        let metadata = validate::size(&after.metadata)?;
        Ok(Write {
            before: change.before.clone(),
            after: Arc::clone(after),
            transition: change.transition.clone(),
            actor: change.actor.clone(),
            bytes: data.bytes + metadata.bytes + names as u64,
            due: after.expires_at.filter(|_| can_expire),
            quota: Quota::NONE,
            text: Text::default(),
        })
    }
}
