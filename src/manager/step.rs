//! What one call asks for, kept so that it can be drafted as often as it takes: alone by
//! `manager::write`, among others by `transaction`.

use std::sync::Arc;

use serde_json::Value;

use super::{
    New, StateManager,
    check::{Base, agreed, live, present},
    draft::Content,
};
use crate::{
    Actor, Error, Expected, Kind, State, StateId, Status, Timestamp, Transition, Update,
    backend::Write, patch, validate,
};

/// One change of one state.
pub(crate) enum Step {
    Register(New, Content),
    Put(New, Content, Expected),
    Merge(Value, Expected),
    Replace(Content, Expected),
    Transition(Transition, Expected),
    Rollback(Arc<State>, Expected),
    Upgrade(Expected),
    Delete(Expected),
}

impl Step {
    /// Brings into being what is `new`.
    pub(crate) fn register(mut new: New) -> Self {
        let content = Content::Given(new.data.take());
        Self::Register(new, content)
    }

    /// Makes a state be as `new` says.
    pub(crate) fn put(mut new: New, expected: Expected) -> Self {
        let content = Content::Given(new.data.take());
        Self::Put(new, content, expected)
    }

    /// Changes the data.
    pub(crate) fn update(update: Update, expected: Expected) -> Self {
        match update {
            Update::Merge(patch) => Self::Merge(patch, expected),
            Update::Replace(data) => Self::Replace(Content::Given(data), expected),
        }
    }

    /// Whether an endpoint of webhooks may come to be by it.
    pub(crate) fn may_make_an_endpoint(&self) -> bool {
        let kind = match self {
            Self::Register(new, _) | Self::Put(new, ..) => &new.kind,
            Self::Rollback(old, _) => &old.kind,
            _ => return false,
        };
        *kind == Kind::WEBHOOK
    }

    /// Whether it leaves no data behind, so that nobody needs the old.
    fn is_delete(&self) -> bool {
        match self {
            Self::Delete(_) => true,
            Self::Transition(transition, _) => *transition == Transition::DELETE,
            _ => false,
        }
    }
}

impl StateManager {
    /// Checks a step as far as that needs no look at what is stored.
    pub(crate) fn check_step(&self, step: &Step) -> Result<(), Error> {
        match step {
            Step::Register(new, _) | Step::Put(new, ..) => self.check_new(new),
            Step::Merge(patch, _) => self.counted(validate::depth(&self.0.limits, patch)),
            _ => Ok(()),
        }
    }

    /// The writes that do a step on top of what is stored, whatever shape that has.
    pub(crate) fn draft_step(
        &self,
        id: &StateId,
        step: &mut Step,
        actor: &Actor,
        stored: Base<'_>,
    ) -> Result<Vec<Write>, Error> {
        let old = stored.filter(|state| !step.is_delete() && !self.schemas().is_current(state));
        let Some(old) = old else {
            return self.draft_on(id, step, actor, stored);
        };
        let base = self.schemas().upgraded(old)?;
        let mut writes = self.draft_on(id, step, actor, Some(&base))?;
        // The log knows the state before as it was stored.
        if let Some(first) = writes.first_mut() {
            first.before = Some(Arc::clone(old));
        }
        Ok(writes)
    }

    /// The writes that do a step on top of a state in today's shape.
    fn draft_on(
        &self,
        id: &StateId,
        step: &mut Step,
        actor: &Actor,
        base: Base<'_>,
    ) -> Result<Vec<Write>, Error> {
        let is_account = base.is_some_and(|state| state.kind == Kind::COMPACTION);
        if is_account && !matches!(step, Step::Put(..)) {
            return Err(engines_own(&Kind::COMPACTION));
        }
        match step {
            Step::Register(new, content) => {
                if let Some(state) = live(base) {
                    return Err(Error::conflict(id, Expected::Absent, Some(state)));
                }
                Ok(vec![self.created_write(new, content, actor, base)?])
            }
            Step::Put(new, content, expected) => {
                self.put_draft(new, content, *expected, actor, base)
            }
            Step::Merge(patch, expected) => {
                let (state, status) = self.updatable(id, *expected, base)?;
                let data = patch::merged(&state.data, patch);
                let after = self.updated(state, status, data)?;
                Ok(vec![self.draft(
                    Transition::UPDATE,
                    actor,
                    base,
                    after,
                    None,
                )?])
            }
            Step::Replace(content, expected) => {
                let (state, status) = self.updatable(id, *expected, base)?;
                let after = self.updated(state, status, content.take())?;
                let write = self.draft(Transition::UPDATE, actor, base, after, Some(content))?;
                Ok(vec![write])
            }
            Step::Transition(transition, expected) => {
                let state = present(id, *expected, base)?;
                agreed(id, *expected, state)?;
                // What is to be deleted need not be ended first.
                let (mut writes, base) = match &*transition {
                    delete if *delete == Transition::DELETE => (Vec::new(), Arc::clone(state)),
                    _ => self.ended(state)?,
                };
                let after = self.stepped(&base, transition)?;
                writes.push(self.draft(transition.clone(), actor, Some(&base), after, None)?);
                Ok(writes)
            }
            Step::Rollback(old, expected) => self.rollback_draft(id, old, *expected, actor, base),
            Step::Upgrade(expected) => {
                let state = present(id, *expected, base)?;
                agreed(id, *expected, state)?;
                let after = self.upgraded_version(state);
                let write = self.draft(Transition::UPGRADE, actor, base, after, None)?;
                Ok(vec![write])
            }
            Step::Delete(expected) => {
                let state = present(id, *expected, base)?;
                agreed(id, *expected, state)?;
                let after = self.stepped(state, &Transition::DELETE)?;
                Ok(vec![self.draft(
                    Transition::DELETE,
                    actor,
                    base,
                    after,
                    None,
                )?])
            }
        }
    }

    /// A state whose data may change, and the status it then has.
    fn updatable<'a>(
        &self,
        id: &StateId,
        expected: Expected,
        base: Base<'a>,
    ) -> Result<(&'a Arc<State>, Status), Error> {
        let state = present(id, expected, base)?;
        if let Some(at) = self.end_of(state, self.0.clock.now()) {
            return Err(Error::Expired { id: id.clone(), at });
        }
        agreed(id, expected, state)?;
        let status = self.step(state, &Transition::UPDATE)?;
        Ok((state, status))
    }

    /// Content and name as they were in `old`. The status is the lifecycle's matter and stays; what
    /// was deleted comes back with the status it had, to live as long as it then still had to.
    fn rollback_draft(
        &self,
        id: &StateId,
        old: &State,
        expected: Expected,
        actor: &Actor,
        base: Base<'_>,
    ) -> Result<Vec<Write>, Error> {
        let Some(state) = base else {
            return Err(Error::Absent { id: id.clone() });
        };
        if old.kind != state.kind {
            let problem = format!("`{id}` was a {} then, and is a {}", old.kind, state.kind);
            return Err(Error::invalid("kind", problem));
        }
        let is_deleted = state.status == Status::DELETED;
        let status = if is_deleted {
            if let Expected::Version(version) = expected
                && version != state.version
            {
                return Err(Error::conflict(id, expected, Some(state)));
            }
            old.status.clone()
        } else {
            self.updatable(id, expected, base)?.1
        };
        let mut after = State {
            name: old.name.clone(),
            metadata: old.metadata.clone(),
            ..self.updated(state, status, old.data.clone())?
        };
        if is_deleted {
            let left = |end: Timestamp| end.0.saturating_sub(old.updated_at.0).max(0);
            let end = |left| Timestamp(after.updated_at.0.saturating_add(left));
            after.expires_at = old.expires_at.map(left).map(end);
        }
        Ok(vec![self.draft(
            Transition::ROLLBACK,
            actor,
            base,
            after,
            None,
        )?])
    }
}

/// What the engine alone writes: from it others conclude what the log has lost.
pub(super) fn engines_own(kind: &Kind) -> Error {
    Error::invalid("kind", format!("a {kind} is written by the engine alone"))
}
