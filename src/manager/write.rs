//! Every change of a state: read what is there, draft what it becomes, write it guarded.
//!
//! Compare and write happen in one step inside the backend. A draft that finds another version
//! there is made again from it: the draft itself then says whether that is a conflict (the caller
//! expected a version) or not (the caller does not care).

use std::sync::Arc;

use serde_json::Value;

use super::{
    New, StateManager,
    check::{Base, agreed, live, present},
    draft::Content,
};
use crate::{
    Actor, Error, Expected, Scope, State, StateId, Transition, Update,
    backend::{Outcome, Write},
    patch, validate,
};

impl StateManager {
    /// Brings a state into being. One that was deleted may be registered again; its version and
    /// its history go on.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is there already, be it expired.
    pub async fn register(&self, mut new: New, actor: &Actor) -> Result<Arc<State>, Error> {
        let id = new.id.take().unwrap_or_else(|| self.0.ids.next());
        new.id = Some(id.clone());
        let mut content = Content::Given(new.data.take());
        self.check(&new.scope, &id, actor)?;
        self.check_new(&new)?;
        let scope = new.scope.clone();
        let draft = |base: Base<'_>| {
            if let Some(state) = live(base) {
                return Err(Error::conflict(&id, Expected::Absent, Some(state)));
            }
            Ok(vec![self.created_write(&new, &mut content, actor, base)?])
        };
        self.write("register", &scope, &id, draft).await
    }

    /// Changes the data of a state.
    pub async fn update(
        &self,
        scope: &Scope,
        id: &StateId,
        update: Update,
        expected: Expected,
        actor: &Actor,
    ) -> Result<Arc<State>, Error> {
        self.check(scope, id, actor)?;
        let (patch, mut content) = match update {
            Update::Merge(patch) => (Some(patch), Content::Given(Value::Null)),
            Update::Replace(data) => (None, Content::Given(data)),
        };
        if let Some(patch) = &patch {
            self.counted(validate::depth(&self.0.limits, patch))?;
        }
        let draft = |base: Base<'_>| {
            let state = present(id, expected, base)?;
            if let Some(at) = self.end_of(state, self.0.clock.now()) {
                return Err(Error::Expired { id: id.clone(), at });
            }
            agreed(id, expected, state)?;
            let status = self.step(state, &Transition::UPDATE)?;
            let data = match &patch {
                Some(patch) => patch::merged(&state.data, patch),
                None => content.take(),
            };
            let after = content.remember(self.updated(state, status, data)?);
            Ok(vec![self.draft(Transition::UPDATE, actor, base, after)?])
        };
        self.write("update", scope, id, draft).await
    }

    /// Makes a state be as given: registers it when there is none (or only a deleted or expired
    /// one), else replaces its name, data, metadata and time to live.
    pub async fn put(
        &self,
        mut new: New,
        expected: Expected,
        actor: &Actor,
    ) -> Result<Arc<State>, Error> {
        let Some(id) = new.id.clone() else {
            return Err(Error::invalid("id", "`put` needs to know which state"));
        };
        let mut content = Content::Given(new.data.take());
        self.check(&new.scope, &id, actor)?;
        self.check_new(&new)?;
        let scope = new.scope.clone();
        let draft = |base: Base<'_>| self.put_draft(&new, &mut content, expected, actor, base);
        self.write("put", &scope, &id, draft).await
    }

    /// Moves a state through its lifecycle.
    ///
    /// # Errors
    /// [`Error::Refused`] with what is allowed, when the lifecycle has no such step.
    pub async fn transition(
        &self,
        scope: &Scope,
        id: &StateId,
        transition: Transition,
        expected: Expected,
        actor: &Actor,
    ) -> Result<Arc<State>, Error> {
        self.check(scope, id, actor)?;
        let draft = |base: Base<'_>| {
            let state = present(id, expected, base)?;
            agreed(id, expected, state)?;
            // What is to be deleted need not be ended first.
            let (mut writes, base) = match &transition {
                delete if *delete == Transition::DELETE => (Vec::new(), Arc::clone(state)),
                _ => self.ended(state)?,
            };
            let after = Arc::new(self.stepped(&base, &transition)?);
            writes.push(self.draft(transition.clone(), actor, Some(&base), after)?);
            Ok(writes)
        };
        self.write("transition", scope, id, draft).await
    }

    /// Removes a state for readers. Its history stays.
    pub async fn delete(
        &self,
        scope: &Scope,
        id: &StateId,
        expected: Expected,
        actor: &Actor,
    ) -> Result<(), Error> {
        self.check(scope, id, actor)?;
        let draft = |base: Base<'_>| {
            let state = present(id, expected, base)?;
            agreed(id, expected, state)?;
            let after = Arc::new(self.stepped(state, &Transition::DELETE)?);
            Ok(vec![self.draft(Transition::DELETE, actor, base, after)?])
        };
        self.write("delete", scope, id, draft).await.map(drop)
    }

    /// Drafts and writes until it is written or refused, within the time of one operation.
    pub(super) async fn write(
        &self,
        operation: &'static str,
        scope: &Scope,
        id: &StateId,
        mut draft: impl FnMut(Base<'_>) -> Result<Vec<Write>, Error>,
    ) -> Result<Arc<State>, Error> {
        let backend = &self.0.backend;
        let work = async {
            let mut is_newest = false;
            let mut base = backend.recent(scope, id);
            loop {
                if base.is_none() && !is_newest {
                    base = backend.get(scope, id).await?;
                    is_newest = true;
                }
                let writes = match draft(base.as_ref()) {
                    Ok(writes) => writes,
                    Err(refusal) if is_newest => return Ok(Err(refusal)),
                    // What the backend remembers may be old: good enough for a write that is
                    // guarded by its version, not for saying no.
                    Err(_) => {
                        base = None;
                        continue;
                    }
                };
                match backend.apply(writes).await? {
                    Outcome::Applied(changes) => return Ok(Ok(changes)),
                    Outcome::Stale(current) => (base, is_newest) = (current, true),
                    Outcome::OverQuota { what, size, limit } => {
                        return Ok(Err(Error::TooLarge { what, size, limit }));
                    }
                }
            }
        };
        let changes = self.within(operation, work).await?;
        let changes = self.counted(changes)?;
        self.0.metrics.wrote(changes.len());
        let written = changes.into_iter().next_back().map(|change| change.after);
        written.ok_or_else(|| Error::Failed {
            operation,
            source: "the backend applied a batch without reporting a change".into(),
        })
    }
}
