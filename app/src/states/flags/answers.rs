//! What the server answers the Flags part and programs, out of the engine. Only on the server.

use holdfast::{Expected, Kind, State, StateId, Transition, Update, Version, feature::Audience};
use serde_json::json;

use super::server::{AllFlags, Flag, Rules};
use crate::{AppError, context::Caller, features::FEATURES};

/// Flags that are listed; the workbench has a few, and programs may add theirs.
const LISTED: usize = 200;

/// What a flag should be; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// On or off, for everybody.
    pub is_on: Option<bool>,
    /// For whom, while it is on.
    pub rules: Option<Rules>,
}

/// All flags.
///
/// # Errors
/// [`AppError::NoSession`]; when the states cannot be read.
pub async fn list(caller: &Caller) -> Result<AllFlags, AppError> {
    let me = caller.scope()?.to_string();
    let (scope, kind) = (caller.visitor.common(), Kind::FEATURE);
    let manager = &caller.state.manager;
    let mut flags = Vec::new();
    for state in manager.list(&scope, Some(&kind), None, LISTED).await? {
        flags.push(flag(caller, &state, &me).await?);
    }
    Ok(AllFlags {
        flags,
        may_change: caller.may_change(true, &kind).await?,
        me,
    })
}

/// One flag; `None` when there is none of this name.
///
/// # Errors
/// [`AppError::NoSession`]; when the states cannot be read.
pub async fn one(caller: &Caller, id: &str) -> Result<Option<Flag>, AppError> {
    let (me, scope) = (caller.scope()?.to_string(), caller.visitor.common());
    let found = caller.state.manager.get(&scope, &StateId::new(id)).await?;
    match found.filter(|state| state.kind == Kind::FEATURE) {
        Some(state) => Ok(Some(flag(caller, &state, &me).await?)),
        None => Ok(None),
    }
}

async fn flag(caller: &Caller, state: &State, me: &str) -> Result<Flag, AppError> {
    let known = FEATURES.iter().find(|known| known.key == state.id.as_str());
    let Audience {
        percentage,
        on,
        off,
    } = Audience::of(&state.data)?;
    let (manager, scope) = (&caller.state.manager, caller.visitor.common());
    Ok(Flag {
        id: state.id.to_string(),
        title: state.name.clone(),
        about: known
            .map_or("Used by a program.", |known| known.about)
            .to_owned(),
        status: state.status.to_string(),
        version: state.version.0,
        rules: Rules {
            percentage,
            on,
            off,
        },
        is_mine: manager.is_on(&scope, &state.id, me).await?,
    })
}

/// Makes a flag what it should be, all of it or nothing of it.
///
/// # Errors
/// [`AppError::Forbidden`] for who may not; [`AppError::Conflict`] when the version is another one;
/// [`AppError::Invalid`] with the rule that is none.
pub async fn set(
    caller: &Caller,
    id: String,
    wanted: Wanted,
    version: u64,
) -> Result<(), AppError> {
    let (scope, id) = (caller.scope_to_change(true).await?, StateId::new(id));
    let mut expected = Expected::Version(Version(version));
    let mut both = caller.state.manager.transaction(&caller.actor()?);
    if let Some(Rules {
        percentage,
        on,
        off,
    }) = wanted.rules
    {
        let data = json!({ "percentage": percentage, "on": on, "off": off });
        Audience::of(&data)?;
        let update = Update::Replace(data);
        both.update(&scope, &id, update, expected).await?;
        // What is there now is this transaction's own.
        expected = Expected::Any;
    }
    if let Some(is_on) = wanted.is_on {
        let step = match is_on {
            true => Transition::ACTIVATE,
            false => Transition::SUSPEND,
        };
        both.transition(&scope, &id, step, expected).await?;
    }
    both.commit().await?;
    Ok(())
}
