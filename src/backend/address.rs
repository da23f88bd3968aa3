//! Where a state is found: its scope and its id, as a map's key that can be asked without a copy.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
};

use crate::{Scope, State, StateId};

/// An owned key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Address {
    pub(super) scope: Scope,
    pub(super) id: StateId,
}

impl Address {
    pub(super) fn of(state: &State) -> Self {
        Self::at(&state.scope, &state.id)
    }

    pub(super) fn at(scope: &Scope, id: &StateId) -> Self {
        Self {
            scope: scope.clone(),
            id: id.clone(),
        }
    }
}

/// What an owned and a borrowed key have in common. Maps are asked for `&dyn Addressed`, because
/// `Borrow` cannot give out a pair of references.
pub(super) trait Addressed {
    fn scope(&self) -> &Scope;
    fn id(&self) -> &StateId;
}

impl Addressed for Address {
    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn id(&self) -> &StateId {
        &self.id
    }
}

impl Addressed for (&Scope, &StateId) {
    fn scope(&self) -> &Scope {
        self.0
    }

    fn id(&self) -> &StateId {
        self.1
    }
}

impl Hash for dyn Addressed + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
        self.scope().hash(state);
    }
}

impl PartialEq for dyn Addressed + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id() && self.scope() == other.scope()
    }
}

impl Eq for dyn Addressed + '_ {}

// Must agree with the hash of `dyn Addressed`, so it is that.
impl Hash for Address {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self as &dyn Addressed).hash(state);
    }
}

impl<'a> Borrow<dyn Addressed + 'a> for Address {
    fn borrow(&self) -> &(dyn Addressed + 'a) {
        self
    }
}
