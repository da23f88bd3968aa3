//! Who is asking, and what a request may use. Only on the server.

use std::{collections::BTreeMap, sync::Arc};

use axum::extract::FromRef;
use holdfast::{Actor, Clock, Scope, StateId, StateManager, SystemClock};
use leptos::prelude::*;
use serde_json::Value;
use workbench::{Workbench, workspace::Workspace};

use crate::{
    AppError, Boot,
    boot::{Limits, Stored},
    shell::Assets,
    stores::table::{TABLE, Tier},
};

/// What the server puts together once and every request shares.
#[derive(Clone)]
pub struct AppState {
    /// The state engine.
    pub manager: StateManager,
    /// Tables, queries, plots.
    pub workbench: Workbench,
    /// Where the site's files are.
    pub leptos: LeptosOptions,
    /// Hashed names of styles, scripts and fonts.
    pub assets: Arc<Assets>,
    /// Stores whose tier the settings override.
    pub tiers: Arc<BTreeMap<String, Tier>>,
    /// What a page says about limits.
    pub limits: Limits,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// The hash of a session's id: what states and logs know it by. The id itself stays in the cookie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey(pub Arc<str>);

/// Who is asking. Comes with the request, and is never kept longer.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The browser's session, if it has one.
    pub session: Option<SessionKey>,
}

impl Visitor {
    /// What the visitor may see: their own.
    pub fn scope(&self) -> Option<Scope> {
        let session = self.session.as_ref()?;
        Some(Scope::Session(session.0.to_string()))
    }

    /// The visitor's study, writing in the name of one of their tabs.
    pub fn workspace(&self, state: &AppState, client: Option<String>) -> Option<Workspace> {
        let scope = self.scope()?;
        let actor = Actor {
            name: scope.to_string(),
            client,
        };
        let (manager, workbench) = (state.manager.clone(), state.workbench.clone());
        Some(Workspace::new(manager, workbench, scope, actor))
    }
}

/// One server function's caller: the visitor and what the server has.
pub(crate) struct Caller {
    pub(crate) visitor: Visitor,
    pub(crate) state: AppState,
}

/// Who calls this server function. The first line of each.
pub(crate) fn caller() -> Result<Caller, AppError> {
    let state = use_context::<AppState>().ok_or_else(|| AppError::internal("no app state"))?;
    let visitor = use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Visitor>().cloned())
        .unwrap_or_default();
    Ok(Caller { visitor, state })
}

impl Caller {
    /// Their scope; `NoSession` for a visitor without one.
    pub(crate) fn scope(&self) -> Result<Scope, AppError> {
        self.visitor.scope().ok_or(AppError::NoSession)
    }

    /// Their study; `NoSession` for a visitor without one.
    pub(crate) fn workspace(&self) -> Result<Workspace, AppError> {
        self.visitor
            .workspace(&self.state, None)
            .ok_or(AppError::NoSession)
    }

    /// Their study to ask about: the samples for a visitor without a session.
    pub(crate) async fn study(&self) -> Result<workbench::Study, AppError> {
        let view = match self.visitor.workspace(&self.state, None) {
            Some(workspace) => workspace.view().await?,
            None => self.state.workbench.sample_view().await?,
        };
        Ok(workbench::workspace::study_of(view)?)
    }
}

/// Now, in milliseconds since 1970 UTC.
pub(crate) fn now_ms() -> i64 {
    SystemClock.now().0
}

/// The snapshot a page starts from. `preferences` is what the browser's cookie mirrors.
pub async fn load_boot(
    state: &AppState,
    visitor: &Visitor,
    preferences: BTreeMap<String, Value>,
) -> Result<Boot, AppError> {
    let mut boot = Boot {
        has_session: visitor.session.is_some(),
        preferences,
        tiers: (*state.tiers).clone(),
        limits: state.limits.clone(),
        bundles: state.assets.bundles.clone(),
        revision: state.manager.revision().await?.0,
        ..Boot::default()
    };
    let (Some(workspace), Some(scope)) = (visitor.workspace(state, None), visitor.scope()) else {
        boot.study = state.workbench.sample_view().await?;
        return Ok(boot);
    };
    for entry in TABLE
        .iter()
        .filter(|entry| entry.tier_in(&boot.tiers) == Tier::Server)
    {
        let stored = read_store(&state.manager, &scope, entry.key).await?;
        boot.stores.insert(entry.key.to_owned(), stored);
    }
    boot.study = workspace.view().await?;
    boot.imports = workspace.open_imports().await?;
    boot.result = workspace.result().await?;
    Ok(boot)
}

/// One store as it stands; version 0 while it was never written or has expired.
pub(crate) async fn read_store(
    manager: &StateManager,
    scope: &Scope,
    key: &str,
) -> Result<Stored, AppError> {
    match manager.get(scope, &StateId::scoped(key, scope)).await {
        Ok(Some(state)) => Ok(Stored {
            version: state.version.0,
            data: Some(state.data.clone()),
        }),
        Ok(None) | Err(holdfast::Error::Expired { .. }) => Ok(Stored::default()),
        Err(error) => Err(error.into()),
    }
}

/// Cancels when the request goes away: a person who asks anew does not wait for the old answer.
pub(crate) struct CancelWithRequest(tokio_util::sync::CancellationToken);

impl CancelWithRequest {
    pub(crate) fn token(&self) -> tokio_util::sync::CancellationToken {
        self.0.clone()
    }
}

impl Drop for CancelWithRequest {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A token that is cancelled when the caller's future is dropped.
pub(crate) fn cancel_with_request() -> CancelWithRequest {
    CancelWithRequest(tokio_util::sync::CancellationToken::new())
}
