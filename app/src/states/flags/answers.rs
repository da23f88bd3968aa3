//! What the server answers the Flags part, out of the engine. Only on the server.

use holdfast::{Expected, Kind, StateId, Transition, Update, Version, feature::Audience};
use serde_json::json;

use super::server::{AllFlags, Flag, Rules};
use crate::{AppError, context::Caller, features::FEATURES};

/// Flags that are listed; the workbench has a few, and programs may add theirs.
const LISTED: usize = 200;

pub(super) async fn list(caller: &Caller) -> Result<AllFlags, AppError> {
    let me = caller.scope()?.to_string();
    let (manager, kind, scope) = (
        &caller.state.manager,
        Kind::FEATURE,
        caller.visitor.common(),
    );
    let found = manager.list(&scope, Some(&kind), None, LISTED).await?;
    let mut flags = Vec::new();
    for state in found {
        let known = FEATURES.iter().find(|known| known.key == state.id.as_str());
        let audience = Audience::of(&state.data)?;
        let is_mine = manager.is_on(&scope, &state.id, &me).await?;
        flags.push(Flag {
            id: state.id.to_string(),
            title: state.name.clone(),
            about: known
                .map_or("Used by a program.", |known| known.about)
                .to_owned(),
            status: state.status.to_string(),
            version: state.version.0,
            rules: Rules {
                percentage: audience.percentage,
                on: audience.on,
                off: audience.off,
            },
            is_mine,
        });
    }
    Ok(AllFlags {
        flags,
        may_change: caller.may_change(true, &Kind::FEATURE).await?,
        me,
    })
}

pub(super) async fn switch(
    caller: &Caller,
    id: String,
    is_on: bool,
    version: u64,
) -> Result<(), AppError> {
    let scope = caller.scope_to_change(true).await?;
    let step = match is_on {
        true => Transition::ACTIVATE,
        false => Transition::SUSPEND,
    };
    let (manager, expected) = (&caller.state.manager, Expected::Version(Version(version)));
    manager
        .transition(&scope, &StateId::new(id), step, expected, &caller.actor()?)
        .await?;
    Ok(())
}

pub(super) async fn change(
    caller: &Caller,
    id: String,
    rules: Rules,
    version: u64,
) -> Result<(), AppError> {
    let scope = caller.scope_to_change(true).await?;
    let Rules {
        percentage,
        on,
        off,
    } = rules;
    let data = json!({ "percentage": percentage, "on": on, "off": off });
    Audience::of(&data)?;
    let (manager, expected) = (&caller.state.manager, Expected::Version(Version(version)));
    let update = Update::Replace(data);
    manager
        .update(
            &scope,
            &StateId::new(id),
            update,
            expected,
            &caller.actor()?,
        )
        .await?;
    Ok(())
}
