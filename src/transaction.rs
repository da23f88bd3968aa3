//! Many writes, all or nothing, at one place in the log.
//!
//! A [`Transaction`] reads and drafts as it goes: what it wrote it reads back, and a step that a
//! lifecycle refuses is refused at once. Nothing is stored before [`Transaction::commit`], which
//! writes everything in one step of the backend, or nothing. It locks nobody out: whoever wrote
//! one of the states it wrote or only read makes the commit fail, with each such state named. So a
//! transaction that is committed did what it would have done alone.

use std::{collections::HashMap, sync::Arc};

use crate::{
    Actor, Change, Error, Expected, Kind, New, Scope, State, StateId, StateManager, Status,
    Transition, Update, Version,
    backend::{Batch, Guard, Outcome, Write},
    limits::Access,
    manager::step::Step,
};

/// The most states that one transaction reads, and the most writes it makes: they are one batch in the
/// backend's memory, and everybody else's writes wait behind it.
pub const MAX_STATES: usize = 1000;

type Place = (Scope, StateId);

/// Writes in the making. Dropping it writes nothing.
///
/// ```
/// # #[cfg(feature = "engine")]
/// # async fn example(states: holdfast::StateManager) -> Result<(), holdfast::Error> {
/// use holdfast::{Actor, Expected, Scope, StateId, Update};
/// use serde_json::json;
///
/// let (scope, a, b) = (Scope::Shared, StateId::new("account a"), StateId::new("account b"));
/// let mut transfer = states.transaction(&Actor::system());
/// for (account, amount) in [(&a, -10), (&b, 10)] {
///     let balance = transfer.get(&scope, account).await?.map_or(0, |state| state.data["balance"].as_i64().unwrap_or(0));
///     let update = Update::Merge(json!({"balance": balance + amount}));
///     transfer.update(&scope, account, update, Expected::Any).await?;
/// }
/// transfer.commit().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a transaction writes nothing until it is committed"]
pub struct Transaction {
    states: StateManager,
    actor: Actor,
    /// What was stored when this transaction first looked.
    seen: HashMap<Place, Option<Arc<State>>>,
    /// What it has made of that.
    drafted: HashMap<Place, Arc<State>>,
    writes: Vec<Write>,
}

impl StateManager {
    /// Begins a transaction of this actor's.
    pub fn transaction(&self, actor: &Actor) -> Transaction {
        Transaction {
            states: self.clone(),
            actor: actor.clone(),
            seen: HashMap::new(),
            drafted: HashMap::new(),
            writes: Vec::new(),
        }
    }
}

impl Transaction {
    /// The state as this transaction sees it: with its own writes. `None` when there is none.
    ///
    /// What was read must still be so at the commit. What need not be is better read with
    /// [`StateManager::get`].
    ///
    /// # Errors
    /// [`Error::Expired`] when its time is over.
    pub async fn get(&mut self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Error> {
        self.states.admit(Access::Read, scope)?;
        let found = self.base(scope, id).await?;
        let Some(state) = found.filter(|state| state.status != Status::DELETED) else {
            return Ok(None);
        };
        match self.states.ended_at(&state) {
            Some(at) => Err(Error::Expired { id: id.clone(), at }),
            None => self.states.upgraded(&state).map(Some),
        }
    }

    /// As [`StateManager::register`].
    pub async fn register(&mut self, mut new: New) -> Result<Arc<State>, Error> {
        let id = new.id.take().unwrap_or_else(|| self.states.new_id());
        new.id = Some(id.clone());
        let scope = new.scope.clone();
        self.take(&scope, &id, Step::register(new)).await
    }

    /// As [`StateManager::put`].
    pub async fn put(&mut self, new: New, expected: Expected) -> Result<Arc<State>, Error> {
        let Some(id) = new.id.clone() else {
            return Err(Error::invalid("id", "`put` needs to know which state"));
        };
        let scope = new.scope.clone();
        self.take(&scope, &id, Step::put(new, expected)).await
    }

    /// As [`StateManager::update`].
    pub async fn update(
        &mut self,
        scope: &Scope,
        id: &StateId,
        update: Update,
        expected: Expected,
    ) -> Result<Arc<State>, Error> {
        self.take(scope, id, Step::update(update, expected)).await
    }

    /// As [`StateManager::transition`].
    pub async fn transition(
        &mut self,
        scope: &Scope,
        id: &StateId,
        transition: Transition,
        expected: Expected,
    ) -> Result<Arc<State>, Error> {
        self.take(scope, id, Step::Transition(transition, expected))
            .await
    }

    /// As [`StateManager::rollback`].
    pub async fn rollback(
        &mut self,
        scope: &Scope,
        id: &StateId,
        to: Version,
        expected: Expected,
    ) -> Result<Arc<State>, Error> {
        let old = self.states.as_it_was(scope, id, to).await?;
        self.take(scope, id, Step::Rollback(old, expected)).await
    }

    /// As [`StateManager::delete`].
    pub async fn delete(
        &mut self,
        scope: &Scope,
        id: &StateId,
        expected: Expected,
    ) -> Result<(), Error> {
        self.take(scope, id, Step::Delete(expected)).await.map(drop)
    }

    /// Writes all of it, or nothing. The changes as they stand in the log, one behind the other; none for a
    /// transaction that only read, of which it then is known that all it read was so at one moment.
    ///
    /// # Errors
    /// [`Error::Conflicts`] with each state, written or only read here, that somebody else wrote since
    /// this transaction saw it.
    pub async fn commit(self) -> Result<Vec<Change>, Error> {
        let Self {
            states,
            seen,
            drafted,
            writes,
            ..
        } = self;
        if writes.is_empty() {
            // No version comes twice: what is as it was seen has been so since, and so all of it was so at once.
            let conflicts = changed(&states, seen).await?;
            return match conflicts.is_empty() {
                true => Ok(Vec::new()),
                false => states.counted(Err(Error::Conflicts { conflicts })),
            };
        }
        let read = seen
            .iter()
            .filter(|(place, _)| !drafted.contains_key(place));
        let guards = read.map(|((scope, id), state)| Guard {
            scope: scope.clone(),
            id: id.clone(),
            version: state.as_ref().map(|state| state.version),
        });
        let guards = guards.collect();
        let written = states.backend().apply(Batch { guards, writes });
        let outcome = states.within("commit", written).await;
        // None of them alone is to blame.
        let none_written = |error: &Error| {
            for (scope, id) in drafted.keys() {
                error.not_written("commit", scope, id);
            }
        };
        match outcome.inspect_err(none_written)? {
            Outcome::Applied(changes) => Ok(states.wrote(changes)),
            Outcome::OverQuota { what, size, limit } => {
                let refused = Err(Error::TooLarge { what, size, limit });
                states.counted(refused.inspect_err(none_written))
            }
            Outcome::Stale(_) => {
                let conflicts = changed(&states, seen).await?;
                states.counted(Err(Error::Conflicts { conflicts }))
            }
        }
    }

    /// Drafts a step on top of what this transaction sees.
    async fn take(
        &mut self,
        scope: &Scope,
        id: &StateId,
        mut step: Step,
    ) -> Result<Arc<State>, Error> {
        let drafted = self.draft(scope, id, &mut step).await;
        drafted.inspect_err(|error| error.not_written("transaction", scope, id))
    }

    async fn draft(
        &mut self,
        scope: &Scope,
        id: &StateId,
        step: &mut Step,
    ) -> Result<Arc<State>, Error> {
        let endpoints = match step.may_make_an_endpoint() {
            true => self.new_endpoints(scope, id),
            false => 0,
        };
        let checked = self.states.checked(scope, id, step, &self.actor, endpoints);
        let powers = checked.await?;
        let base = self.base(scope, id).await?;
        let drafted = self.states.draft_step(id, step, &self.actor, base.as_ref());
        let writes = self.states.counted(drafted)?;
        self.states.counted(powers.check(&self.actor, &writes))?;
        self.check_room(self.writes.len() + writes.len())?;
        let after = writes.last().map(|write| Arc::clone(&write.after));
        let after = after.ok_or_else(|| Error::Absent { id: id.clone() })?;
        self.writes.extend(writes);
        self.drafted
            .insert((scope.clone(), id.clone()), Arc::clone(&after));
        Ok(after)
    }

    /// How many webhooks this transaction makes so far, but for this one.
    fn new_endpoints(&self, scope: &Scope, id: &StateId) -> u64 {
        let is_new = |(place, after): &(&Place, &Arc<State>)| {
            let before = self.seen.get(*place).and_then(Option::as_ref);
            let was_none = before.is_none_or(|before| before.status == Status::DELETED);
            let is_one = after.kind == Kind::WEBHOOK && after.status != Status::DELETED;
            is_one && was_none && (&place.0, &place.1) != (scope, id)
        };
        self.drafted.iter().filter(is_new).count() as u64
    }

    /// What this transaction sees under an id, a tombstone too.
    async fn base(&mut self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Error> {
        let place = (scope.clone(), id.clone());
        if let Some(state) = self.drafted.get(&place) {
            return Ok(Some(Arc::clone(state)));
        }
        if let Some(state) = self.seen.get(&place) {
            return Ok(state.clone());
        }
        self.check_room(self.seen.len() + 1)?;
        let stored = self.states.backend().newest(scope, id);
        let stored = self.states.within("transaction", stored).await?;
        self.seen.insert(place, stored.clone());
        Ok(stored)
    }

    fn check_room(&self, size: usize) -> Result<(), Error> {
        if size <= MAX_STATES {
            return Ok(());
        }
        let problem = format!(
            "a transaction reads at most {MAX_STATES} states and writes as often; begin another"
        );
        self.states
            .counted(Err(Error::invalid("transaction", problem)))
    }
}

/// A conflict for each state that is not as it was seen.
async fn changed(
    states: &StateManager,
    seen: HashMap<Place, Option<Arc<State>>>,
) -> Result<Vec<Error>, Error> {
    let mut conflicts = Vec::new();
    for ((scope, id), seen) in seen {
        let now = states.within("commit", states.backend().newest(&scope, &id));
        let now = now.await?;
        let now = now.map(|now| states.schemas().upgraded(&now)).transpose()?;
        let version = |state: &Option<Arc<State>>| state.as_ref().map(|s| s.version);
        if version(&now) != version(&seen) {
            let expected = seen.map_or(Expected::Absent, |state| Expected::Version(state.version));
            let conflict = Error::conflict(&id, expected, now.as_ref());
            conflict.not_written("commit", &scope, &id);
            conflicts.push(conflict);
        }
    }
    Ok(conflicts)
}
