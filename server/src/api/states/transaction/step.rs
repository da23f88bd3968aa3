//! The steps of a transaction: what programs ask for, and how each is taken.

use app::AppError;
use holdfast::{Error, Expected, Scope, StateId, Transaction, Transition, Update, Version};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::{
    Whose,
    writer::{Order, own_door},
};

/// One step. It sees what the steps before it did.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
#[schema(as = TransactionStep)]
pub(super) enum Part {
    /// Brings a state into being.
    Register {
        state: Order,
        #[serde(default)]
        scope: Whose,
    },
    /// Replaces its data.
    Replace {
        id: String,
        version: Seen,
        data: Value,
        #[serde(default)]
        scope: Whose,
    },
    /// Merges into its data (RFC 7396).
    Merge {
        id: String,
        version: Seen,
        data: Value,
        #[serde(default)]
        scope: Whose,
    },
    /// Moves it through its lifecycle.
    Transition {
        id: String,
        version: Seen,
        transition: String,
        #[serde(default)]
        scope: Whose,
    },
    /// Removes it for readers.
    Delete {
        id: String,
        version: Seen,
        #[serde(default)]
        scope: Whose,
    },
    /// Writes nothing: the state must be at this version, or with 0 not be there, when all is written.
    Check {
        id: String,
        version: u64,
        #[serde(default)]
        scope: Whose,
    },
}

/// The version that was seen, or `*` for whatever is there. A step behind another of the same state sees that one's version.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Seen {
    Version(u64),
    Any(Star),
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub(super) enum Star {
    #[serde(rename = "*")]
    Any,
}

/// Why a step was not taken.
pub(super) enum Stopped {
    Engine(Error),
    Here(AppError),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<AppError> for Stopped {
    fn from(error: AppError) -> Self {
        Self::Here(error)
    }
}

impl Part {
    /// Where its state is.
    pub(super) fn scope(&self) -> Whose {
        match self {
            Self::Register { scope, .. }
            | Self::Replace { scope, .. }
            | Self::Merge { scope, .. }
            | Self::Transition { scope, .. }
            | Self::Delete { scope, .. }
            | Self::Check { scope, .. } => *scope,
        }
    }

    pub(super) async fn take(self, all: &mut Transaction, scope: &Scope) -> Result<(), Stopped> {
        match self {
            Self::Register { state, .. } => {
                all.register(state.into_new(scope.clone())?).await?;
            }
            Self::Replace {
                id, version, data, ..
            } => update(all, scope, id, version, Update::Replace(data)).await?,
            Self::Merge {
                id, version, data, ..
            } => update(all, scope, id, version, Update::Merge(data)).await?,
            Self::Transition {
                id,
                version,
                transition,
                ..
            } => {
                let id = theirs(all, scope, id).await?;
                let step = Transition::new(transition);
                all.transition(scope, &id, step, version.into()).await?;
            }
            Self::Delete { id, version, .. } => {
                let id = theirs(all, scope, id).await?;
                all.delete(scope, &id, version.into()).await?;
            }
            Self::Check { id, version, .. } => {
                let id = StateId::new(id);
                let now = all.get(scope, &id).await?;
                if now.as_ref().map_or(0, |state| state.version.0) != version {
                    return Err(Stopped::Engine(Error::Conflict {
                        id,
                        expected: Expected::Version(Version(version)),
                        current: now.map(Box::new),
                    }));
                }
            }
        }
        Ok(())
    }
}

async fn update(
    all: &mut Transaction,
    scope: &Scope,
    id: String,
    version: Seen,
    update: Update,
) -> Result<(), Stopped> {
    let id = theirs(all, scope, id).await?;
    all.update(scope, &id, update, version.into()).await?;
    Ok(())
}

/// The id of a state that is not a page's to change.
async fn theirs(all: &mut Transaction, scope: &Scope, id: String) -> Result<StateId, Stopped> {
    let id = StateId::new(id);
    if let Some(state) = all.get(scope, &id).await? {
        own_door(&state.kind)?;
    }
    Ok(id)
}

impl From<Seen> for Expected {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Version(version) => Self::Version(Version(version)),
            Seen::Any(Star::Any) => Self::Any,
        }
    }
}
