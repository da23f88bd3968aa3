//! Every route that is not a page: files in and out, plain forms, live events, health.
//!
//! One file an area, named as in `app` and `workbench`. A handler finds out who asks, calls the
//! domain, and answers; what it refuses is typed.

mod account;
mod asked;
mod audit;
mod backups;
mod compare;
mod configurations;
mod data;
mod datasets;
mod docs;
mod events;
mod flags;
mod health;
mod incoming;
mod listening;
mod live;
mod matched;
mod metrics;
mod monitor;
mod news;
mod once;
mod openapi;
mod plain_forms;
mod plot;
mod profile;
mod queries;
mod query;
mod runs;
mod session;
mod settings;
mod shares;
mod simulations;
mod standing;
mod states;
mod upload;
mod users;
mod webhooks;

use std::{
    net::{IpAddr, SocketAddr},
    ops::Deref,
    sync::Arc,
};

use app::{AppError, AppState, Caller, Visitor};
use axum::{
    Extension, Router,
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, HeaderValue, header, request},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
};
use holdfast::backend::Cache;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::OpenApi as Description;
use utoipa_axum::router::OpenApiRouter;
use workbench::workspace::Workspace;

pub(crate) use self::listening::Listeners;
pub use self::metrics::metrics_table;
pub(crate) use self::once::{ANSWER, Claims, lifecycle_of_answers};
use crate::{
    sessions::{Door, UNKNOWN, ensure},
    settings::LiveSettings,
    web::{Refusal, Traffic},
};

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Parts>);

/// What is in it.
pub(crate) struct Parts {
    pub(crate) app: AppState,
    pub(crate) door: Door,
    /// In front of the states, if the settings want one.
    pub(crate) cache: Option<Arc<Cache>>,
    /// Which requests were done, by their keys.
    pub(crate) claims: Claims,
    /// How listeners are treated.
    pub(crate) live: LiveSettings,
    /// Who listens.
    pub(crate) listeners: Arc<Listeners>,
    /// What was answered.
    pub(crate) traffic: Arc<Traffic>,
    /// Cancelled when the server is asked to stop: no new requests should be sent to it.
    pub(crate) draining: CancellationToken,
    /// Cancelled a second after `server.drain_seconds`, where there is a drain: streams end.
    pub(crate) stopping: CancellationToken,
}

impl From<Parts> for Shared {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Shared {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Shared> for AppState {
    fn from_ref(shared: &Shared) -> Self {
        shared.app.clone()
    }
}

impl FromRef<Shared> for Door {
    fn from_ref(shared: &Shared) -> Self {
        shared.door.clone()
    }
}

/// What answers at `metrics.addr`, where nobody has to log in.
pub(crate) fn metrics_routes(shared: Shared) -> Router {
    Router::new()
        .merge(metrics::open_routes())
        .merge(health::probes())
        .with_state(shared)
}

/// All of them, and their description for programs. `has_metrics`: whether `/metrics` is among them.
pub(crate) fn routes(shared: Shared, has_metrics: bool) -> Router {
    let metrics = match has_metrics {
        true => metrics::routes(),
        false => Router::new(),
    };
    let claims = shared.claims.clone();
    let (router, description) = described();
    router
        .merge(metrics)
        .with_state(shared)
        .layer(Extension(openapi::Described::of(&description)))
        .layer(from_fn_with_state(claims, once::once))
}

/// What programs may ask for, as OpenAPI 3.1 in JSON: what a server says at `/api/v1/openapi.json`, laid out for people.
///
/// # Errors
/// None that a description could cause.
pub fn description() -> Result<String, serde_json::Error> {
    let (_, description) = described();
    Ok(description.to_pretty_json()? + "\n")
}

/// Every area, and what programs are told of them.
fn described() -> (Router<Shared>, Description) {
    let (router, mut description) = OpenApiRouter::with_openapi(openapi::ground())
        .merge(session::routes().into())
        .merge(account::routes().into())
        .merge(configurations::routes())
        .merge(data::routes().into())
        .merge(upload::routes().into())
        .merge(query::routes().into())
        .merge(plot::routes().into())
        .merge(profile::routes().into())
        .merge(settings::routes().into())
        .merge(simulations::routes().into())
        .merge(runs::routes())
        .merge(audit::routes())
        .merge(compare::routes())
        .merge(backups::routes())
        .merge(monitor::routes())
        .merge(events::routes())
        .merge(live::routes())
        .merge(states::routes())
        .merge(datasets::routes())
        .merge(queries::routes())
        .merge(flags::routes())
        .merge(webhooks::routes())
        .merge(users::routes())
        .merge(shares::routes())
        .merge(openapi::routes())
        .merge(docs::routes())
        .merge(health::routes().into())
        .split_for_parts();
    openapi::complete(&mut description);
    (router, description)
}

/// Who asks, and from where.
pub(crate) struct Asker {
    pub(crate) visitor: Visitor,
    pub(crate) address: IpAddr,
    pub(crate) headers: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut request::Parts,
        state: &S,
    ) -> Result<Self, Self::Rejection> {
        let address = ConnectInfo::<SocketAddr>::from_request_parts(parts, state).await;
        Ok(Self {
            visitor: parts
                .extensions
                .get::<Visitor>()
                .cloned()
                .unwrap_or_default(),
            address: address.map_or(UNKNOWN, |ConnectInfo(a)| a.ip()),
            headers: parts.headers.clone(),
        })
    }
}

impl Asker {
    /// Their study; `NoSession` for a visitor without one.
    pub(crate) fn workspace(&self, state: &AppState) -> Result<Workspace, Refusal> {
        self.visitor
            .workspace(state, None)
            .ok_or(Refusal(AppError::NoSession))
    }

    /// Their study, for something to be brought into it, if they may: asked before any of it is received.
    pub(crate) async fn workspace_to_fill(&self, state: &AppState) -> Result<Workspace, Refusal> {
        let workspace = self.workspace(state)?;
        workspace.check_allowed().await?;
        Ok(workspace)
    }

    /// Them, as the pages' answers know who asks.
    pub(crate) fn caller(&self, shared: &Shared) -> Caller {
        Caller {
            visitor: self.visitor.clone(),
            state: shared.app.clone(),
        }
    }

    /// Makes sure of a session, for a plain form; with the cookie to send along.
    pub(crate) async fn ensure(&mut self, shared: &Shared) -> Result<Option<HeaderValue>, Refusal> {
        let visitor = self.visitor.clone();
        let (visitor, cookie) = ensure(
            &shared.door,
            &shared.app,
            visitor,
            &self.headers,
            self.address,
        )
        .await?;
        self.visitor = visitor;
        Ok(cookie)
    }
}

/// An answer, with the cookie of a session that was opened on the way.
pub(crate) fn with_cookie(cookie: Option<HeaderValue>, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
