//! Who is asking, and what a page begins with. Only on the server.

use std::collections::BTreeMap;

use holdfast::{Actor, Clock, Kind, Scope, StateId, StateManager, SystemClock};
use leptos::prelude::*;
use serde_json::Value;
use workbench::{simulation::runs::By, workspace::Workspace};

use crate::{
    AppError, AppState, Boot, Visitor,
    account::Me,
    boot::Stored,
    people::{Account, Place, Role, SignUp},
    stores::table::{TABLE, Tier},
};

/// Who asks for something, and what the server has: what every answer begins with.
pub struct Caller {
    /// Who asks.
    pub visitor: Visitor,
    /// What the server has.
    pub state: AppState,
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

    /// The scope they may look into: their own, or what their tenant shares.
    pub(crate) fn scope_to_read(&self, is_shared: bool) -> Result<Scope, AppError> {
        let own = self.scope()?;
        Ok(if is_shared {
            self.visitor.common()
        } else {
            own
        })
    }

    /// The scope they may try to write to: their own, and everybody's. What an account's role allows there is decided
    /// at the engine's door; without accounts, whoever administers this server may.
    pub(crate) async fn scope_to_change(&self, is_shared: bool) -> Result<Scope, AppError> {
        if is_shared && self.visitor.account.is_none() && !self.administers().await? {
            return Err(AppError::Forbidden(
                "Only who administers this server may change what everybody sees.".into(),
            ));
        }
        self.scope_to_read(is_shared)
    }

    /// Whether they administer this server: with accounts by their role in the first tenant, without by the setting.
    pub(crate) async fn administers(&self) -> Result<bool, AppError> {
        administers(&self.state, &self.visitor).await
    }

    /// Whether they may change a state of this kind: what a page offers. The engine decides for itself.
    pub(crate) async fn may_change(&self, is_shared: bool, kind: &Kind) -> Result<bool, AppError> {
        let place = match is_shared {
            true => Place::Shared,
            false => Place::Own,
        };
        match &self.visitor.account {
            Some(account) => Ok(account.role.may(kind.as_str(), place, "update")),
            None => Ok(!is_shared || self.administers().await?),
        }
    }

    /// The account they are logged in to.
    pub(crate) fn account(&self) -> Result<&Account, AppError> {
        self.visitor.account.as_deref().ok_or(AppError::NoSession)
    }

    /// In whose name they write.
    pub(crate) fn actor(&self) -> Result<Actor, AppError> {
        self.actor_in(None)
    }

    /// The same, from one of their tabs.
    pub(crate) fn actor_in(&self, client: Option<String>) -> Result<Actor, AppError> {
        self.visitor.actor(client).ok_or(AppError::NoSession)
    }

    /// As whom they ask for runs.
    pub(crate) fn by(&self) -> Result<By, AppError> {
        self.visitor.by().ok_or(AppError::NoSession)
    }

    /// Their study; `NoSession` for a visitor without one.
    pub(crate) fn workspace(&self) -> Result<Workspace, AppError> {
        self.visitor
            .workspace(&self.state, None)
            .ok_or(AppError::NoSession)
    }

    /// Their tables: the samples for a visitor without a session.
    pub(crate) async fn tables(&self) -> Result<workbench::data::StudyView, AppError> {
        tables_of(&self.state, &self.visitor).await
    }

    /// Their study to ask about: the samples for a visitor without a session.
    pub(crate) async fn study(&self) -> Result<workbench::Study, AppError> {
        Ok(workbench::workspace::study_of(self.tables().await?)?)
    }
}

/// A visitor's tables: the samples for one without a session.
///
/// # Errors
/// When the states cannot be read.
pub async fn tables_of(
    state: &AppState,
    visitor: &Visitor,
) -> Result<workbench::data::StudyView, AppError> {
    Ok(match visitor.workspace(state, None) {
        Some(workspace) => workspace.view().await?,
        None => state.workbench.sample_view().await?,
    })
}

/// Whether a visitor administers this server: with accounts by their role, without by the setting.
///
/// # Errors
/// When the accounts cannot be read.
pub async fn administers(state: &AppState, visitor: &Visitor) -> Result<bool, AppError> {
    if let Some(account) = &visitor.account {
        return Ok(account.role == Role::Admin && account.tenant.is_first());
    }
    Ok(state.is_administered_by_all && !state.people.has_accounts().await?)
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
        me: Me::of(visitor),
        must_log_in: state.people.terms().must_log_in && visitor.account.is_none(),
        first_administers: state.people.first_administers().await?,
        is_sign_up_open: state.people.terms().sign_up == SignUp::Open,
        preferences,
        tiers: state.tiers.clone(),
        limits: state.limits.clone(),
        features: crate::features::switches(&state.manager, visitor).await?,
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
