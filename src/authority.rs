//! Who may write what: asked at the door, for each write that comes in somebody's name.
//!
//! The engine knows no roles and no people. Whoever builds it may give it an [`Authority`], which says what an actor
//! may do now; the engine holds every write, single or in a transaction, against the answer. Nothing that is written
//! in that name gets past it, whichever page or program asked. Reading is the business of scopes.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{
    Actor, Error, Kind, Scope, State, StateId, StateManager, Status, Transition, backend::Write,
};

/// Says what actors may do.
#[async_trait]
pub trait Authority: fmt::Debug + Send + Sync + 'static {
    /// What this actor may do in this scope, as of now. Asked once for each write.
    ///
    /// # Errors
    /// When that cannot be found out. Nothing is written then.
    async fn powers(
        &self,
        states: &StateManager,
        scope: &Scope,
        actor: &Actor,
    ) -> Result<Powers, Error>;
}

/// One write, as an [`Authority`] judges it.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    /// What the state is about.
    pub kind: &'a Kind,
    /// What is done to it.
    pub transition: &'a Transition,
    /// Whose it is.
    pub scope: &'a Scope,
    /// What was there; `None`: nothing that is not deleted.
    pub before: Option<&'a State>,
    /// What would be there.
    pub after: &'a State,
}

type Judge = dyn Fn(&Deed<'_>) -> Result<(), String> + Send + Sync;

/// What an actor may do.
#[derive(Clone, Default)]
pub struct Powers(Option<Arc<Judge>>);

impl Powers {
    /// Everything.
    pub fn all() -> Self {
        Self(None)
    }

    /// What `judge` lets pass; a refusal says why, in words for the person.
    pub fn limited(
        judge: impl Fn(&Deed<'_>) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(judge)))
    }

    /// Nothing, for this reason.
    pub fn none(why: &'static str) -> Self {
        Self::limited(move |_| Err(why.to_owned()))
    }

    /// Holds the writes made in this actor's name against it. What the engine does by itself on the way (the recorded
    /// end of a state whose time is over) is nobody's deed.
    pub(crate) fn check(&self, actor: &Actor, writes: &[Write]) -> Result<(), Error> {
        let Some(judge) = &self.0 else {
            return Ok(());
        };
        for write in writes.iter().filter(|write| write.actor == *actor) {
            let before = write.before.as_deref();
            let deed = Deed {
                kind: &write.after.kind,
                transition: &write.transition,
                scope: &write.after.scope,
                before: before.filter(|state| state.status != Status::DELETED),
                after: &write.after,
            };
            judge(&deed).map_err(|why| Error::Forbidden {
                id: write.after.id.clone(),
                actor: actor.name.clone(),
                why,
            })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Powers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Powers(limited)"
        } else {
            "Powers(all)"
        })
    }
}

impl StateManager {
    /// What this actor may do in this scope.
    pub(crate) async fn powers(&self, scope: &Scope, actor: &Actor) -> Result<Powers, Error> {
        match self.authority() {
            Some(authority) => authority.powers(self, scope, actor).await,
            None => Ok(Powers::all()),
        }
    }

    /// As [`StateManager::get`], for a question of the program's own: it does not count against the rate of the scope.
    pub async fn look_up(&self, scope: &Scope, id: &StateId) -> Result<Option<Arc<State>>, Error> {
        let found = self
            .within("look_up", self.backend().get(scope, id))
            .await?;
        let live =
            found.filter(|state| state.status != Status::DELETED && self.ended_at(state).is_none());
        live.map(|state| self.upgraded(&state)).transpose()
    }
}
