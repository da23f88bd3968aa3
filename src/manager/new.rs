//! What a caller gives to bring a state into being.

use std::time::Duration;

use serde_json::Value;

use crate::{Kind, Scope, StateId};

/// A state to be.
#[derive(Debug, Clone, PartialEq)]
pub struct New {
    /// Its id in the scope; the engine finds one when there is none.
    pub id: Option<StateId>,
    /// What it is about; decides its lifecycle.
    pub kind: Kind,
    /// Its name for people.
    pub name: String,
    /// Its content.
    pub data: Value,
    /// What is known about it: an object, or null.
    pub metadata: Value,
    /// Whose it is.
    pub scope: Scope,
    /// How long it lives.
    pub ttl: Ttl,
}

impl New {
    /// A state of `kind` with an id found by the engine, no metadata, and the kind's time to live.
    pub fn of(kind: Kind, name: impl Into<String>, scope: Scope, data: Value) -> Self {
        Self {
            id: None,
            kind,
            name: name.into(),
            data,
            metadata: Value::Null,
            scope,
            ttl: Ttl::Default,
        }
    }

    /// The one store of this name in a scope.
    pub fn store(name: &str, scope: Scope, data: Value) -> Self {
        let id = StateId::scoped(name, &scope);
        Self::of(Kind::STORE, name, scope, data).with_id(id)
    }

    /// The same under this id.
    #[must_use]
    pub fn with_id(mut self, id: StateId) -> Self {
        self.id = Some(id);
        self
    }

    /// The same with this time to live.
    #[must_use]
    pub fn with_ttl(mut self, ttl: Ttl) -> Self {
        self.ttl = ttl;
        self
    }
}

/// How long a state lives. It counts from its creation, and where the lifecycle says so (a store)
/// from its last update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// As its kind does: an hour for a store, without end for the others, unless set otherwise.
    Default,
    /// Without end.
    Never,
    /// So long.
    For(Duration),
}
