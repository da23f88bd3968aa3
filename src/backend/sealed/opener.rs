//! Opens what comes from the backend behind. A state whose key was forgotten is shown as what is left
//! of it.

use std::{collections::HashMap, sync::Arc};

use super::{SealedFault, envelope, ring::Ring};
use crate::{Change, Scope, State, StateId, Status, Version};

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Opener(pub(super) Arc<Ring>);

impl Opener {
    /// For a record of what happened: what cannot be opened any more is `null`.
    pub(super) async fn record(&self, state: Arc<State>) -> Result<Arc<State>, SealedFault> {
        Ok(self.open(state).await?.0)
    }

    /// For a reader of what is: a state of which nothing is left was deleted.
    pub(super) async fn current(&self, state: Arc<State>) -> Result<Arc<State>, SealedFault> {
        let (mut state, is_nothing) = self.open(state).await?;
        if is_nothing {
            Arc::make_mut(&mut state).status = Status::DELETED;
        }
        Ok(state)
    }

    /// Several, each as a reader finds it.
    pub(super) async fn all_current(
        &self,
        states: Vec<Arc<State>>,
    ) -> Result<Vec<Arc<State>>, SealedFault> {
        let mut opened = Vec::with_capacity(states.len());
        for state in states {
            opened.push(self.current(state).await?);
        }
        Ok(opened)
    }

    /// Without waiting: `None` when the key is not at hand.
    pub(super) fn at_once(&self, state: Arc<State>) -> Option<Arc<State>> {
        if !envelope::is_sealed(&state) {
            return Some(state);
        }
        let key = self.0.at_hand(&envelope::key_id(&state).ok()?)?;
        envelope::opened(&state, &key).ok().map(Arc::new)
    }

    /// Changes as they were written. A state that is in them twice, as what one change led to and the
    /// next began with, is opened once and shared.
    pub(super) async fn changes(&self, sealed: Vec<Change>) -> Result<Vec<Change>, SealedFault> {
        let mut known: HashMap<(Scope, StateId, Version), Arc<State>> = HashMap::new();
        let mut opened = Vec::with_capacity(sealed.len());
        for mut change in sealed {
            for state in [change.before.as_mut(), Some(&mut change.after)] {
                let Some(state) = state.filter(|state| envelope::is_sealed(state)) else {
                    continue;
                };
                let place = (state.scope.clone(), state.id.clone(), state.version);
                let found = match known.get(&place) {
                    Some(found) => Arc::clone(found),
                    None => self.record(Arc::clone(state)).await?,
                };
                known.insert(place, Arc::clone(&found));
                *state = found;
            }
            opened.push(change);
        }
        Ok(opened)
    }

    /// The state, and whether nothing of its data is left.
    async fn open(&self, state: Arc<State>) -> Result<(Arc<State>, bool), SealedFault> {
        if !envelope::is_sealed(&state) {
            return Ok((state, false));
        }
        let key = self.0.find(&envelope::key_id(&state)?).await?;
        let (state, is_nothing) = match key {
            Some(key) => (envelope::opened(&state, &key)?, false),
            None => envelope::forgotten(&state)?,
        };
        Ok((Arc::new(state), is_nothing))
    }
}
