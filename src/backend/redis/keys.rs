//! What the keys are called. Every one begins with the prefix and a slash, and a prefix has none, so
//! no two prefixes ever share a key, whatever scopes and ids are called.

use super::fault::RedisFault;
use crate::{Scope, StateId};

/// The names under one prefix.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    prefix: String,
    /// The stream of all records that are whole: the change with revision `n` has the id `n-0`.
    pub(super) log: String,
    /// The addresses of states by when they are due.
    pub(super) due: String,
    /// The newest revision.
    pub(super) revision: String,
    /// What each scope holds.
    pub(super) scopes: String,
    /// What each address stands at, and where in the log.
    pub(super) states: String,
    /// What is left of records whose content was removed, by revision.
    pub(super) thinned: String,
    /// What the engine itself remembers.
    pub(super) notes: String,
}

impl Keys {
    pub(super) fn under(prefix: &str) -> Result<Self, RedisFault> {
        if prefix.is_empty() || prefix.contains('/') {
            let problem =
                format!("the prefix {prefix:?} must have at least one character and no `/`");
            return Err(RedisFault::Settings(problem));
        }
        let named = |name: &str| format!("{prefix}/{name}");
        Ok(Self {
            prefix: prefix.into(),
            log: named("log"),
            due: named("due"),
            revision: named("revision"),
            scopes: named("scopes"),
            states: named("states"),
            thinned: named("thinned"),
            notes: named("notes"),
        })
    }

    /// The ids of a scope's states that are not deleted.
    pub(super) fn ids(&self, scope: &str) -> String {
        format!("{}/ids/{scope}", self.prefix)
    }

    /// The revisions of one state by version.
    pub(super) fn history(&self, address: &str) -> String {
        format!("{}/history/{address}", self.prefix)
    }
}

/// One state's name among all: with the length of the scope, because scope and id may contain
/// whatever one would put between them.
pub(super) fn address(scope: &Scope, id: &StateId) -> String {
    format!("{}{id}", beginning(&scope.to_string()))
}

/// What goes before the id in the addresses of a scope.
pub(super) fn beginning(scope: &str) -> String {
    format!("{}:{scope}:", scope.len())
}
