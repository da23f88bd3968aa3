//! The end of a scope: of everything in it. A session's scope ends with the session, and this is how.

use std::sync::Arc;

use futures::future::join_all;

use super::{StateManager, check::Base, step::Step, sweeper::AT_ONCE};
use crate::{
    Actor, Error, Expected, Kind, Powers, Scope, State, Status, Transition, backend::Guard,
};

impl StateManager {
    /// Ends everything in a scope: what can expire expires, what cannot is deleted, each a recorded
    /// change. How many states that were. What somebody writes meanwhile may stay.
    pub async fn end_scope(&self, scope: &Scope, actor: &Actor) -> Result<usize, Error> {
        self.end_all_but(scope, None, actor).await
    }

    /// Ends the rest of a session's scope before the state goes that says when the session began: a crash
    /// in between leaves the rest for the next sweep. `false` when the session changed: then it goes on, and what
    /// is left of its scope with it.
    pub(super) async fn end_rest(&self, state: &State) -> Result<bool, Error> {
        if state.kind != Kind::SESSION || !matches!(state.scope, Scope::Session(_)) {
            return Ok(true);
        }
        let session = Guard {
            scope: state.scope.clone(),
            id: state.id.clone(),
            version: Some(state.version),
        };
        let actor = Actor::system();
        match self.end_all_but(&state.scope, Some(&session), &actor).await {
            Ok(_) => Ok(true),
            Err(Error::Conflict { id, .. }) if id == state.id => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Ends everything but the session's own state, as long as that stays as it is.
    async fn end_all_but(
        &self,
        scope: &Scope,
        session: Option<&Guard>,
        actor: &Actor,
    ) -> Result<usize, Error> {
        let powers = self.counted(self.powers(scope, actor).await)?;
        let kept = session.map(|session| &session.id);
        let (mut after, mut ended) = (None, 0);
        loop {
            let page = self.backend().scan(scope, None, after.as_ref(), AT_ONCE);
            let page = self.within("end_scope", page).await?;
            let live = page
                .iter()
                .filter(|state| state.status != Status::EXPIRED && Some(&state.id) != kept);
            for result in
                join_all(live.map(|state| self.let_go(state, session, actor, &powers))).await
            {
                ended += usize::from(result?);
            }
            after = page.last().map(|state| state.id.clone());
            if page.len() < AT_ONCE {
                return Ok(ended);
            }
        }
    }

    /// Whether this state was ended. What somebody else has ended is over already.
    async fn let_go(
        &self,
        state: &Arc<State>,
        session: Option<&Guard>,
        actor: &Actor,
        powers: &Powers,
    ) -> Result<bool, Error> {
        let can_expire = self.lifecycle_of(&state.kind)?.can_expire(&state.status);
        let transition = if can_expire {
            Transition::EXPIRE
        } else {
            Transition::DELETE
        };
        let mut step = Step::Transition(transition, Expected::Any);
        let draft = |base: Base<'_>| {
            let writes = self.draft_step(&state.id, &mut step, actor, base)?;
            powers.check(actor, &writes)?;
            Ok(writes)
        };
        match self
            .write("end_scope", &state.scope, &state.id, session, draft)
            .await
        {
            Ok(_) => Ok(true),
            Err(Error::Absent { .. } | Error::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
