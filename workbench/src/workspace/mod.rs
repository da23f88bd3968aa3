//! One person's study, kept in the state engine: their tables, keys, imports and merged result.
//!
//! Tables and results are `dataset` states, an import is a `transaction` state, choices are
//! `store` states; the files behind them belong to [`Workbench`]. This module decides nothing
//! about how a table is read or merged.

mod imports;
mod result;
mod room;
mod tables;

use holdfast::{Actor, Kind, New, Scope, StateId, StateManager};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub(crate) use self::room::{fit, table_bytes};
pub use self::tables::{KEYS_STORE, study_of};
use crate::{Error, Workbench};

/// The door to one person's study. Made for a request, and gone with it.
#[derive(Clone)]
pub struct Workspace {
    manager: StateManager,
    workbench: Workbench,
    scope: Scope,
    actor: Actor,
}

impl Workspace {
    /// The study of `scope`; what is written is written in `actor`'s name.
    pub fn new(manager: StateManager, workbench: Workbench, scope: Scope, actor: Actor) -> Self {
        Self {
            manager,
            workbench,
            scope,
            actor,
        }
    }

    /// The workbench behind it.
    pub fn workbench(&self) -> &Workbench {
        &self.workbench
    }

    /// What the engine's door would say to a new table or result: asked before a file is written. Drafted and never
    /// committed.
    ///
    /// # Errors
    /// [`Error::State`] where this actor may not have one.
    pub async fn check_allowed(&self) -> Result<(), Error> {
        let mut draft = self.manager.transaction(&self.actor);
        let new = New::of(Kind::DATASET, "table", self.scope.clone(), Value::Null);
        match draft.register(new).await {
            Err(refused @ holdfast::Error::Forbidden { .. }) => Err(refused.into()),
            // Whatever else there is to be said is said when it is written.
            _ => Ok(()),
        }
    }

    fn id(&self, name: &str) -> StateId {
        StateId::scoped(name, &self.scope)
    }
}

fn to_data<T: Serialize>(value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|e| Error::Internal(e.to_string()))
}

fn from_data<T: DeserializeOwned>(data: &Value) -> Result<T, Error> {
    T::deserialize(data).map_err(|e| Error::Internal(format!("unreadable state: {e}")))
}
