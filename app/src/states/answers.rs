//! What the server answers the States page, out of the engine. Only on the server.

use std::sync::Arc;

use holdfast::{
    Change, Expected, HistoryQuery, Kind, Query, Scope, State, StateId, StateManager, Status,
    Timestamp, Transition, Version, search::Total,
};
use serde_json::Value;
use time::{OffsetDateTime, macros::format_description};
use workbench::configurations::desk::CONFIGURATION;

use super::server::{Comparison, Detail, Done, Found, Listed, Wanted, Which};
use crate::{
    AppError,
    components::lines::{self, Line},
    context::{Caller, now_ms},
    people::FACTOR,
};

/// Changes shown of a history, the newest.
const SHOWN_CHANGES: usize = 200;

fn listed(state: &State) -> Listed {
    Listed {
        id: state.id.to_string(),
        name: state.name.clone(),
        kind: state.kind.to_string(),
        status: state.status.to_string(),
        version: state.version.0,
        updated_at: state.updated_at.0,
    }
}

pub(super) async fn find(
    caller: &Caller,
    wanted: &Wanted,
    after: Option<String>,
    limit: u32,
) -> Result<Found, AppError> {
    let manager = &caller.state.manager;
    let scope = caller.scope_to_read(wanted.is_shared)?;
    let page = manager.search(&scope, query(wanted, after, limit)?).await?;
    let (total, is_exact) = match page.total {
        Total::Exact(total) => (total, true),
        Total::AtLeast(total) => (total, false),
    };
    let kinds = manager.kinds();
    let mut statuses: Vec<String> = kinds
        .iter()
        .filter(|kind| wanted.kind.is_empty() || kind.as_str() == wanted.kind)
        .filter_map(|kind| manager.lifecycle(kind))
        .flat_map(|lifecycle| lifecycle.statuses())
        .map(|status| status.to_string())
        .collect();
    statuses.sort_unstable();
    statuses.dedup();
    Ok(Found {
        rows: page.states.iter().map(|state| listed(state)).collect(),
        total,
        is_exact,
        next: page.next.map(|next| next.to_string()),
        kinds: kinds.iter().map(ToString::to_string).collect(),
        statuses,
        now: now_ms(),
    })
}

fn query(wanted: &Wanted, after: Option<String>, limit: u32) -> Result<Query, AppError> {
    let misread = |path: &str| {
        let path = path.to_owned();
        move |misread: holdfast::search::Misread| AppError::Invalid {
            path,
            problem: misread.to_string(),
        }
    };
    let mut query: Query = wanted.text.parse().map_err(misread("search"))?;
    if !wanted.kind.is_empty() {
        query = query.kind(&Kind::new(wanted.kind.clone()));
    }
    if !wanted.status.is_empty() {
        query = query.status(&Status::new(wanted.status.clone()));
    }
    if !wanted.sort.is_empty() {
        query = query.sort(wanted.sort.parse().map_err(misread("sort"))?);
    }
    if let Some(after) = after {
        query = query.after(after.parse().map_err(misread("after"))?);
    }
    Ok(query.limit(usize::try_from(limit).unwrap_or(usize::MAX)))
}

pub(super) async fn detail(caller: &Caller, which: &Which) -> Result<Option<Detail>, AppError> {
    let manager = &caller.state.manager;
    let scope = caller.scope_to_read(which.is_shared)?;
    let newest = HistoryQuery::last(SHOWN_CHANGES + 1);
    let id = StateId::new(which.id.clone());
    let mut changes = manager.history(&scope, &id, newest).await?;
    let has_older = changes.len() > SHOWN_CHANGES;
    changes.truncate(SHOWN_CHANGES);
    let Some(state) = changes.first().map(|change| Arc::clone(&change.after)) else {
        return Ok(None);
    };
    // A configuration is its file: what is done to the state alone, the next look at the folder undoes.
    let may_change =
        state.kind != CONFIGURATION && caller.may_change(which.is_shared, &state.kind).await?;
    let lifecycle = manager.lifecycle(&state.kind);
    let mut allowed = lifecycle.map_or_else(Vec::new, |table| table.allowed(&state.status));
    // The content is changed on the page it belongs to.
    allowed.retain(|transition| may_change && *transition != Transition::UPDATE);
    let known = [
        Transition::ACTIVATE,
        Transition::SUSPEND,
        Transition::RESUME,
        Transition::EXPIRE,
    ];
    let not_offered = known.iter().filter(|known| !allowed.contains(known));
    Ok(Some(Detail {
        is_shared: which.is_shared,
        may_change,
        scope: state.scope.to_string(),
        schema_version: state.schema_version,
        created_at: moment(state.created_at),
        expires_at: state.expires_at.map(moment),
        bytes: state.data.to_string().len() as u64,
        tags: tags(&state),
        not_offered: not_offered.map(ToString::to_string).collect(),
        allowed: allowed.iter().map(ToString::to_string).collect(),
        changes: changes.iter().map(done).collect(),
        has_older,
        state: listed(&state),
    }))
}

fn tags(state: &State) -> Vec<String> {
    let tags = state.metadata.get("tags").and_then(Value::as_array);
    let texts = tags.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

pub(super) async fn older(
    caller: &Caller,
    which: &Which,
    before: u64,
) -> Result<Vec<Done>, AppError> {
    let scope = caller.scope_to_read(which.is_shared)?;
    let query = HistoryQuery {
        before: Some(Version(before)),
        ..HistoryQuery::last(SHOWN_CHANGES)
    };
    let id = StateId::new(which.id.clone());
    let changes = caller.state.manager.history(&scope, &id, query).await?;
    Ok(changes.iter().map(done).collect())
}

fn done(change: &Change) -> Done {
    let is_session = change.actor.name.starts_with("session:");
    let is_person =
        change.actor.name.starts_with("user:") || change.actor.name.starts_with("token:");
    Done {
        version: change.after.version.0,
        transition: change.transition.to_string(),
        before: change.before.as_ref().map(|state| state.status.to_string()),
        after: change.after.status.to_string(),
        actor: match change.actor.name.as_str() {
            name if name == change.after.scope.to_string() => "this workspace".to_owned(),
            _ if is_session => "another workspace".to_owned(),
            _ if is_person => "another person".to_owned(),
            name => name.to_owned(),
        },
        at: moment(change.at),
        removed: change.after.removed.as_ref().map(ToString::to_string),
    }
}

pub(super) async fn compare(
    manager: &StateManager,
    scope: &Scope,
    id: &StateId,
    older: u64,
    newer: u64,
) -> Result<Comparison, AppError> {
    let old = change(manager, scope, id, older).await?;
    let new = change(manager, scope, id, newer).await?;
    let pretty = |state: &State| format!("{:#}", state.data);
    let (old, new_state) = (shown(&old.after), shown(&new.after));
    let (before, after) = (pretty(&old), pretty(&new_state));
    let between = Change {
        before: Some(old),
        after: new_state,
        ..new
    };
    Ok(Comparison {
        lines: lines::laid_over(&before, &after),
        patch: format!("{:#}", between.diff()?),
        data: after,
    })
}

/// What a rollback to this version changes of the newest: name, data and metadata.
pub(super) async fn preview(
    manager: &StateManager,
    scope: &Scope,
    id: &StateId,
    to: u64,
) -> Result<Vec<Line>, AppError> {
    let newest = manager.history(scope, id, HistoryQuery::last(1)).await?;
    let newest = newest.into_iter().next();
    let newest = newest.ok_or_else(|| AppError::NotFound("There is no such state.".into()))?;
    let older = change(manager, scope, id, to).await?;
    let content = |state: &Arc<State>| {
        let state = shown(state);
        let whole = serde_json::json!({
            "name": state.name, "data": state.data, "metadata": state.metadata,
        });
        format!("{whole:#}")
    };
    Ok(lines::laid_over(
        &content(&newest.after),
        &content(&older.after),
    ))
}

async fn change(
    manager: &StateManager,
    scope: &Scope,
    id: &StateId,
    version: u64,
) -> Result<Change, AppError> {
    let query = HistoryQuery {
        before: Some(Version(version.saturating_add(1))),
        ..HistoryQuery::last(1)
    };
    let found = manager.history(scope, id, query).await?;
    let found = found
        .into_iter()
        .find(|change| change.after.version.0 == version);
    found.ok_or_else(|| AppError::NotFound(format!("There is no version {version}.")))
}

/// A state as a person may see it: what signs messages is known to the engine and the receiver only, what proves who
/// somebody is to the server and them.
pub fn shown(state: &Arc<State>) -> Arc<State> {
    if state.kind.as_str() == FACTOR {
        let mut state = State::clone(state);
        state.data = "a second factor: not shown".into();
        return Arc::new(state);
    }
    let has_secrets = state.kind == Kind::WEBHOOK && state.data.get("secrets").is_some();
    if !has_secrets {
        return Arc::clone(state);
    }
    let mut state = State::clone(state);
    if let Some(secrets) = state.data.get_mut("secrets").and_then(Value::as_array_mut) {
        secrets.fill("whsec_ and so on: not shown".into());
    }
    Arc::new(state)
}

pub(super) async fn transition(
    caller: &Caller,
    which: Which,
    transition: String,
    version: u64,
) -> Result<(), AppError> {
    let scope = caller.scope_to_change(which.is_shared).await?;
    let expected = Expected::Version(Version(version));
    let (manager, transition) = (&caller.state.manager, Transition::new(transition));
    let id = StateId::new(which.id);
    manager
        .transition(&scope, &id, transition, expected, &caller.actor()?)
        .await?;
    Ok(())
}

pub(super) async fn roll_back(
    caller: &Caller,
    which: Which,
    to: u64,
    version: u64,
) -> Result<(), AppError> {
    let scope = caller.scope_to_change(which.is_shared).await?;
    let expected = Expected::Version(Version(version));
    let id = StateId::new(which.id);
    let manager = &caller.state.manager;
    manager
        .rollback(&scope, &id, Version(to), expected, &caller.actor()?)
        .await?;
    Ok(())
}

/// A moment in UTC: `2026-11-21 09:31`.
pub(crate) fn moment(at: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let moment = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok();
    let text = moment.and_then(|moment| moment.format(&format).ok());
    text.unwrap_or_else(|| format!("{} ms since 1970", at.0))
}

#[cfg(test)]
mod tests {
    use holdfast::Timestamp;

    use super::moment;

    #[test]
    fn moments_are_dates_and_times() {
        assert_eq!(moment(Timestamp(951_782_400_000)), "2000-02-29 00:00");
        assert_eq!(moment(Timestamp(1_795_253_460_000)), "2026-11-21 09:31");
        assert_eq!(moment(Timestamp(-1)), "1969-12-31 23:59");
    }
}
