//! What `put` means for each thing it may find.

use std::sync::Arc;

use super::{
    New, StateManager,
    check::{Base, agreed, live},
    draft::Content,
};
use crate::{Actor, Error, Expected, State, Transition, backend::Write};

impl StateManager {
    pub(super) fn put_draft(
        &self,
        new: &New,
        content: &mut Content,
        expected: Expected,
        actor: &Actor,
        base: Base<'_>,
    ) -> Result<Vec<Write>, Error> {
        let Some(state) = live(base) else {
            if let (Expected::Version(_), Some(id)) = (expected, &new.id) {
                return Err(Error::conflict(id, expected, None));
            }
            return Ok(vec![self.created_write(new, content, actor, base)?]);
        };
        if self.end_of(state, self.0.clock.now()).is_some() {
            if expected != Expected::Absent {
                agreed(&state.id, expected, state)?;
            }
            let (mut writes, ended) = self.ended(state)?;
            writes.push(self.created_write(new, content, actor, Some(&ended))?);
            return Ok(writes);
        }
        agreed(&state.id, expected, state)?;
        if state.kind != new.kind {
            let problem = format!("`{}` is a {}; delete it first", state.id, state.kind);
            return Err(Error::invalid("kind", problem));
        }
        let status = self.step(state, &Transition::UPDATE)?;
        let replaced = self.updated(state, status, content.take())?;
        let after = State {
            name: new.name.clone(),
            metadata: new.metadata.clone(),
            expires_at: self.end(&new.kind, new.ttl, replaced.updated_at),
            ..replaced
        };
        let write = self.draft(Transition::UPDATE, actor, base, after, Some(content))?;
        Ok(vec![write])
    }

    /// A write that creates what is `new`, on top of whatever was there before.
    pub(super) fn created_write(
        &self,
        new: &New,
        content: &mut Content,
        actor: &Actor,
        base: Option<&Arc<State>>,
    ) -> Result<Write, Error> {
        let after = self.created(new, content.take(), base.map(|state| &**state))?;
        self.draft(Transition::CREATE, actor, base, after, Some(content))
    }
}
