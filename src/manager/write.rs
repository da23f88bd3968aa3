//! Every change of a state: read what is there, draft what it becomes, write it guarded.
//!
//! Compare and write happen in one step inside the backend. A draft that finds another version
//! there is made again from it: the draft itself then says whether that is a conflict (the caller
//! expected a version) or not (the caller does not care).

use std::{pin::pin, sync::Arc};

use tokio::time::Instant;

use super::{New, StateManager, check::Base, step::Step};
use crate::{
    Actor, Error, Expected, Powers, Scope, State, StateId, Status, Transition, Update, Version,
    backend::{Batch, Guard, Outcome, Write},
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
        let scope = new.scope.clone();
        let mut step = Step::register(new);
        self.take("register", &scope, &id, &mut step, actor).await
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
        let mut step = Step::update(update, expected);
        self.take("update", scope, id, &mut step, actor).await
    }

    /// Makes a state be as given: registers it when there is none (or only a deleted or expired
    /// one), else replaces its name, data, metadata and time to live.
    pub async fn put(
        &self,
        new: New,
        expected: Expected,
        actor: &Actor,
    ) -> Result<Arc<State>, Error> {
        let Some(id) = new.id.clone() else {
            return Err(Error::invalid("id", "`put` needs to know which state"));
        };
        let scope = new.scope.clone();
        let mut step = Step::put(new, expected);
        self.take("put", &scope, &id, &mut step, actor).await
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
        let mut step = Step::Transition(transition, expected);
        self.take("transition", scope, id, &mut step, actor).await
    }

    /// Brings back the content that a state had at an older version, as a new version. The status
    /// stays as it is; a deleted state comes back with the status and the time to live that it had then.
    ///
    /// # Errors
    /// [`Error::Absent`] when there never was such a version, [`Error::Removed`] when a policy has removed
    /// its content, [`Error::Refused`] when the state may
    /// not change any more, [`Error::Invalid`] when it was of another kind then.
    pub async fn rollback(
        &self,
        scope: &Scope,
        id: &StateId,
        to: Version,
        expected: Expected,
        actor: &Actor,
    ) -> Result<Arc<State>, Error> {
        let old = self.as_it_was(scope, id, to).await?;
        let mut step = Step::Rollback(old, expected);
        self.take("rollback", scope, id, &mut step, actor).await
    }

    /// A state as it was at a version, in today's shape, to be brought back.
    pub(crate) async fn as_it_was(
        &self,
        scope: &Scope,
        id: &StateId,
        at: Version,
    ) -> Result<Arc<State>, Error> {
        let behind = Some(Version(at.0.saturating_add(1)));
        let found = self.0.backend.history(scope, id, behind, 1);
        let found = self.within("rollback", found).await?;
        let old = found.into_iter().map(|change| change.after).next();
        let old = old.filter(|old| old.version == at && old.status != Status::DELETED);
        let old = self.counted(old.ok_or_else(|| Error::Absent { id: id.clone() }))?;
        self.counted(Error::unless_removed(&old))?;
        self.upgraded(&old)
    }

    /// Removes a state for readers. Its history stays.
    pub async fn delete(
        &self,
        scope: &Scope,
        id: &StateId,
        expected: Expected,
        actor: &Actor,
    ) -> Result<(), Error> {
        let mut step = Step::Delete(expected);
        let taken = self.take("delete", scope, id, &mut step, actor).await;
        taken.map(drop)
    }

    /// Checks a step, and does it. The step stays where it is: what is handed from future to future by value is
    /// copied each time.
    async fn take(
        &self,
        operation: &'static str,
        scope: &Scope,
        id: &StateId,
        step: &mut Step,
        actor: &Actor,
    ) -> Result<Arc<State>, Error> {
        let checked = self.checked(scope, id, step, actor, 0).await;
        let powers = checked.inspect_err(|error| error.not_written(operation, scope, id))?;
        let draft = |base: Base<'_>| {
            let writes = self.draft_step(id, step, actor, base)?;
            powers.check(actor, &writes)?;
            Ok(writes)
        };
        self.write(operation, scope, id, None, draft).await
    }

    /// Everything that is checked before anything is drafted, and what the actor may do. So many endpoints are drafted
    /// already, to be written with it.
    pub(crate) async fn checked(
        &self,
        scope: &Scope,
        id: &StateId,
        step: &Step,
        actor: &Actor,
        endpoints: u64,
    ) -> Result<Powers, Error> {
        self.check(scope, id, actor)?;
        self.check_step(step)?;
        if step.may_make_an_endpoint() {
            // Boxed: hardly any write makes one, and each would carry it.
            Box::pin(self.room_for_endpoint(scope, id, endpoints)).await?;
        }
        self.counted(self.powers(scope, actor).await)
    }

    /// Drafts and writes until it is written or refused, within the time of one operation. It is written only while
    /// `guard` holds, a state that is there; else the conflict is with that state.
    pub(crate) async fn write(
        &self,
        operation: &'static str,
        scope: &Scope,
        id: &StateId,
        guard: Option<&Guard>,
        mut draft: impl FnMut(Base<'_>) -> Result<Vec<Write>, Error>,
    ) -> Result<Arc<State>, Error> {
        let backend = &self.0.backend;
        let work = pin!(async {
            let mut is_newest = false;
            let mut base = backend.recent(scope, id);
            loop {
                if base.is_none() && !is_newest {
                    base = backend.newest(scope, id).await?;
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
                let guards = guard.cloned().into_iter().collect();
                match backend.apply(Batch { guards, writes }).await? {
                    Outcome::Applied(changes) => return Ok(Ok(changes)),
                    Outcome::Stale(current) => {
                        if let Some(refusal) = guard.and_then(|guard| broken(guard, &current)) {
                            return Ok(Err(refusal));
                        }
                        (base, is_newest) = (current, true);
                    }
                    Outcome::OverQuota { what, size, limit } => {
                        return Ok(Err(Error::TooLarge { what, size, limit }));
                    }
                }
            }
        });
        // What nobody reads is not measured.
        let begun = tracing::enabled!(tracing::Level::DEBUG).then(Instant::now);
        let changes = self.within(operation, work).await;
        let changes = changes.and_then(|changes| self.counted(changes));
        if let Some(begun) = begun {
            let took = begun.elapsed();
            match &changes {
                Ok(changes) => {
                    tracing::debug!(operation, %scope, %id, changes = changes.len(), ?took, "written");
                }
                Err(error) => {
                    tracing::debug!(operation, %scope, %id, why = error.word(), ?took, "not written");
                }
            }
        }
        let changes = changes?;
        self.0.metrics.wrote(&changes);
        let written = changes.into_iter().next_back().map(|change| change.after);
        written.ok_or_else(|| Error::Failed {
            operation,
            source: "the backend applied a batch without reporting a change".into(),
        })
    }
}

/// The conflict, if what was found instead is what the guard watches over.
fn broken(guard: &Guard, found: &Option<Arc<State>>) -> Option<Error> {
    let found = found.as_ref();
    let found = found.filter(|found| found.id == guard.id && found.scope == guard.scope)?;
    let expected = guard.version.map_or(Expected::Absent, Expected::Version);
    Some(Error::conflict(&guard.id, expected, Some(found)))
}
