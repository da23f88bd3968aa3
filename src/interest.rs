//! What a watcher, a subscriber or a webhook wants to hear of.
//!
//! Plain data, so that it can be stored and shown; who delivers is the business of `watch` and
//! `callbacks`.

use serde::{Deserialize, Serialize};

use crate::{Change, Kind, Scope, StateId, Status, Transition};

/// Which changes somebody wants to hear of. Everything that is said must hold; what is left out
/// (`None`, or an empty list) excludes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Interest {
    /// Only this scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Only these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// Only when this was done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// Only when the state then has one of these statuses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<Status>,
    /// Only these states.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<StateId>,
    /// Only states whose id begins so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_prefix: Option<String>,
}

impl Interest {
    /// Whether this change is one of those.
    pub fn wants(&self, change: &Change) -> bool {
        let state = &change.after;
        let is_one_of = |id: &StateId| self.ids.is_empty() || self.ids.contains(id);
        self.scope
            .as_ref()
            .is_none_or(|scope| *scope == state.scope)
            && (self.kinds.is_empty() || self.kinds.contains(&state.kind))
            && (self.transitions.is_empty() || self.transitions.contains(&change.transition))
            && (self.statuses.is_empty() || self.statuses.contains(&state.status))
            && is_one_of(&state.id)
            && self
                .id_prefix
                .as_ref()
                .is_none_or(|prefix| state.id.as_str().starts_with(prefix.as_str()))
    }
}

/// Everything in this scope; without one, everything.
impl From<Option<Scope>> for Interest {
    fn from(scope: Option<Scope>) -> Self {
        Self {
            scope,
            ..Self::default()
        }
    }
}

/// Everything about states of this kind.
impl From<Kind> for Interest {
    fn from(kind: Kind) -> Self {
        Self {
            kinds: vec![kind],
            ..Self::default()
        }
    }
}
