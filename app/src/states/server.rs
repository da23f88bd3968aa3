//! What the States page asks of the server: the caller's own states, through the engine's door.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use crate::AppError;
#[cfg(feature = "ssr")]
use holdfast::StateId;

/// States listed at a time; further ones are found by narrowing the search.
#[cfg(feature = "ssr")]
const LISTED: usize = 500;

/// Changes shown of a history, the newest.
#[cfg(feature = "ssr")]
const SHOWN_CHANGES: usize = 200;

/// What is looked for. Empty texts mean everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) text: String,
    pub(super) kind: String,
    pub(super) status: String,
}

/// A state in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) version: u64,
    pub(super) updated_at: i64,
}

/// The states found, the last changed first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) rows: Vec<Listed>,
    /// How many fit, listed or not.
    pub(super) total: u64,
    /// Kinds and statuses that there are to choose from.
    pub(super) kinds: Vec<String>,
    pub(super) statuses: Vec<String>,
    /// The server's clock, in milliseconds since 1970.
    pub(super) now: i64,
}

/// A change in a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) version: u64,
    pub(super) transition: String,
    pub(super) before: Option<String>,
    pub(super) after: String,
    pub(super) actor: String,
    pub(super) at: i64,
}

/// One state, whole but for its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Detail {
    pub(super) state: Listed,
    pub(super) scope: String,
    pub(super) schema_version: u32,
    pub(super) created_at: i64,
    pub(super) expires_at: Option<i64>,
    pub(super) bytes: u64,
    pub(super) allowed: Vec<String>,
    pub(super) not_offered: Vec<String>,
    /// Newest first.
    pub(super) changes: Vec<Done>,
    pub(super) now: i64,
}

/// A line of two versions laid over each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// `+`, `-` or nothing.
    pub(super) sign: String,
    pub(super) text: String,
}

/// Two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Comparison {
    /// The newer one's content.
    pub(super) data: String,
    /// What leads from the older to the newer, as a JSON Patch.
    pub(super) patch: String,
    pub(super) lines: Vec<Line>,
}

/// The caller's states that fit.
#[server(prefix = "/api", endpoint = "find_states", input = Json)]
pub(super) async fn find_states(wanted: Wanted) -> Result<Found, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        ssr::find(&caller.state.manager, &caller.scope()?, &wanted).await
    })
    .await
}

/// One of the caller's states, a deleted one too; `None` when there is none.
#[server(prefix = "/api", endpoint = "get_state", input = Json)]
pub(super) async fn get_state(id: String) -> Result<Option<Detail>, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        ssr::detail(&caller.state.manager, &caller.scope()?, &StateId::new(id)).await
    })
    .await
}

/// Two versions of one of the caller's states.
#[server(prefix = "/api", endpoint = "compare_versions", input = Json)]
pub(super) async fn compare_versions(
    id: String,
    older: u64,
    newer: u64,
) -> Result<Comparison, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let (manager, scope) = (&caller.state.manager, caller.scope()?);
        ssr::compare(manager, &scope, &StateId::new(id), older, newer).await
    })
    .await
}

/// Moves one of the caller's states through its lifecycle.
#[server(prefix = "/api", endpoint = "transition_state", input = Json)]
pub(super) async fn transition_state(
    id: String,
    transition: String,
    version: u64,
) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        ssr::transition(&caller, &StateId::new(id), transition, version).await
    })
    .await
}

/// Brings the content of an older version back, as a new one.
#[server(prefix = "/api", endpoint = "roll_back_state", input = Json)]
pub(super) async fn roll_back_state(id: String, to: u64, version: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        ssr::roll_back(&caller, &StateId::new(id), to, version).await
    })
    .await
}

#[cfg(feature = "ssr")]
mod ssr {
    use std::{collections::BTreeSet, sync::Arc};

    use holdfast::{
        Actor, Change, Expected, HistoryQuery, Scope, State, StateId, StateManager, Transition,
        Version, log::MAX_PAGE,
    };
    use similar::{ChangeTag, TextDiff};

    use super::{Comparison, Detail, Done, Found, LISTED, Line, Listed, SHOWN_CHANGES, Wanted};
    use crate::{
        AppError,
        context::{Caller, now_ms},
    };

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
        manager: &StateManager,
        scope: &Scope,
        wanted: &Wanted,
    ) -> Result<Found, AppError> {
        let mut states: Vec<Arc<State>> = Vec::new();
        loop {
            let after = states.last().map(|state| state.id.clone());
            let page = manager.list(scope, None, after.as_ref(), MAX_PAGE).await?;
            let is_last = page.len() < MAX_PAGE;
            states.extend(page);
            if is_last {
                break;
            }
        }
        let names = |of: fn(&State) -> String| {
            let names: BTreeSet<String> = states.iter().map(|state| of(state)).collect();
            names.into_iter().collect()
        };
        let (kinds, statuses) = (
            names(|s| s.kind.to_string()),
            names(|s| s.status.to_string()),
        );
        let text = wanted.text.trim().to_lowercase();
        states.retain(|state| {
            let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
            is(&wanted.kind, state.kind.as_str())
                && is(&wanted.status, state.status.as_str())
                && (state.name.to_lowercase().contains(&text)
                    || state.id.as_str().to_lowercase().contains(&text))
        });
        states.sort_by_key(|state| std::cmp::Reverse(state.updated_at));
        Ok(Found {
            total: states.len() as u64,
            rows: states
                .iter()
                .take(LISTED)
                .map(|state| listed(state))
                .collect(),
            kinds,
            statuses,
            now: now_ms(),
        })
    }

    pub(super) async fn detail(
        manager: &StateManager,
        scope: &Scope,
        id: &StateId,
    ) -> Result<Option<Detail>, AppError> {
        let newest = HistoryQuery::last(SHOWN_CHANGES);
        let changes = manager.history(scope, id, newest).await?;
        let Some(state) = changes.first().map(|change| Arc::clone(&change.after)) else {
            return Ok(None);
        };
        let lifecycle = manager.lifecycle(&state.kind);
        let mut allowed = lifecycle.map_or_else(Vec::new, |table| table.allowed(&state.status));
        // The content is changed on the page it belongs to.
        allowed.retain(|transition| *transition != Transition::UPDATE);
        let known = [
            Transition::ACTIVATE,
            Transition::SUSPEND,
            Transition::RESUME,
            Transition::EXPIRE,
        ];
        let not_offered = known.iter().filter(|known| !allowed.contains(known));
        Ok(Some(Detail {
            scope: state.scope.to_string(),
            schema_version: state.schema_version,
            created_at: state.created_at.0,
            expires_at: state.expires_at.map(|at| at.0),
            bytes: state.data.to_string().len() as u64,
            not_offered: not_offered.map(ToString::to_string).collect(),
            allowed: allowed.iter().map(ToString::to_string).collect(),
            changes: changes.iter().map(done).collect(),
            state: listed(&state),
            now: now_ms(),
        }))
    }

    fn done(change: &Change) -> Done {
        Done {
            version: change.after.version.0,
            transition: change.transition.to_string(),
            before: change.before.as_ref().map(|state| state.status.to_string()),
            after: change.after.status.to_string(),
            actor: match change.actor.name.as_str() {
                name if name == change.after.scope.to_string() => "this workspace".to_owned(),
                name => name.to_owned(),
            },
            at: change.at.0,
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
        let (before, after) = (pretty(&old.after), pretty(&new.after));
        let between = Change {
            before: Some(Arc::clone(&old.after)),
            ..new
        };
        let lines = TextDiff::from_lines(&before, &after);
        let lines = lines.iter_all_changes().map(|line| Line {
            sign: match line.tag() {
                ChangeTag::Equal => "",
                ChangeTag::Delete => "-",
                ChangeTag::Insert => "+",
            }
            .to_owned(),
            text: line.value().trim_end_matches('\n').to_owned(),
        });
        Ok(Comparison {
            lines: lines.collect(),
            patch: format!("{:#}", between.diff()),
            data: after,
        })
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

    fn actor(scope: &Scope) -> Actor {
        Actor {
            name: scope.to_string(),
            client: None,
        }
    }

    pub(super) async fn transition(
        caller: &Caller,
        id: &StateId,
        transition: String,
        version: u64,
    ) -> Result<(), AppError> {
        let scope = caller.scope()?;
        let expected = Expected::Version(Version(version));
        let (manager, transition) = (&caller.state.manager, Transition::new(transition));
        manager
            .transition(&scope, id, transition, expected, &actor(&scope))
            .await?;
        Ok(())
    }

    pub(super) async fn roll_back(
        caller: &Caller,
        id: &StateId,
        to: u64,
        version: u64,
    ) -> Result<(), AppError> {
        let scope = caller.scope()?;
        let expected = Expected::Version(Version(version));
        let manager = &caller.state.manager;
        manager
            .rollback(&scope, id, Version(to), expected, &actor(&scope))
            .await?;
        Ok(())
    }
}
