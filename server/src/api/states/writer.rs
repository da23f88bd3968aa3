//! Who changes a state, where, and which state: what every write of a program asks first.
//!
//! What a page keeps in states of its own (tables, runs, files, its stores) is changed through that page's door, which
//! keeps more than the state right; here such a state is read.

use std::{sync::Arc, time::Duration};

use app::{AppError, administers};
use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use holdfast::{Actor, Expected, Kind, New, Scope, State as Held, StateId, Ttl, Version};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use workbench::{configurations::desk, simulation::runs};

use super::{Asker, Shared, Whose, told::stale};
use crate::web::Refusal;

/// Who writes, and where.
pub(super) struct Writer {
    pub(super) scope: Scope,
    pub(super) actor: Actor,
}

impl Writer {
    /// What an account's role allows is decided at the engine's door; without accounts, what everybody sees is for whoever
    /// administers the server.
    pub(super) async fn of(shared: &Shared, asker: &Asker, place: Whose) -> Result<Self, Refusal> {
        let scope = place.scope(asker)?;
        let is_guest = asker.visitor.account.is_none();
        if place == Whose::Shared && is_guest && !administers(&shared.app, &asker.visitor).await? {
            let told = "Only who administers this server may change what everybody sees.";
            return Err(Refusal(AppError::Forbidden(told.into())));
        }
        let actor = asker.visitor.actor(None).ok_or(AppError::NoSession)?;
        Ok(Self { scope, actor })
    }
}

/// Refuses what belongs to a page.
pub(super) fn own_door(kind: &Kind) -> Result<(), AppError> {
    let pages = desk::kinds().into_iter().chain(runs::kinds());
    let is_of_page = pages.map(|(kind, _)| kind).any(|own| own == *kind)
        || [Kind::STORE, Kind::DATASET, Kind::SESSION, Kind::COMPACTION].contains(kind);
    match is_of_page {
        false => Ok(()),
        true => Err(AppError::Forbidden(format!(
            "A {kind} is kept by its own page: change it there, or through that page's part of this interface."
        ))),
    }
}

/// A state to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewState)]
pub(super) struct Order {
    /// Its id; the engine finds one without it.
    id: Option<String>,
    kind: String,
    /// Its name for people.
    name: String,
    /// Any JSON that its kind allows.
    #[serde(default)]
    data: Value,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    metadata: Value,
    /// Seconds; as its kind does without it.
    ttl: Option<u64>,
}

impl Order {
    /// What is to be brought into being in this scope, if it is not a page's.
    pub(super) fn into_new(self, scope: Scope) -> Result<New, AppError> {
        let kind = Kind::new(self.kind);
        own_door(&kind)?;
        let mut new = New::of(kind, self.name, scope, self.data);
        new.id = self.id.map(StateId::new);
        new.metadata = self.metadata;
        new.ttl = self
            .ttl
            .map_or(Ttl::Default, |ttl| Ttl::For(Duration::from_secs(ttl)));
        Ok(new)
    }
}

/// The state that is to be changed, as it stands now.
pub(super) struct Target {
    pub(super) writer: Writer,
    pub(super) state: Arc<Held>,
}

impl Target {
    pub(super) async fn of(
        shared: &Shared,
        asker: &Asker,
        place: Whose,
        id: String,
    ) -> Result<Self, Refusal> {
        let (writer, id) = (Writer::of(shared, asker, place).await?, StateId::new(id));
        let found = shared.app.manager.get(&writer.scope, &id).await?;
        let state = found.ok_or(holdfast::Error::Absent { id })?;
        own_door(&state.kind)?;
        Ok(Self { writer, state })
    }

    /// What the program saw; or 428 with what is there, where it does not say.
    pub(super) fn expected(
        &self,
        headers: &HeaderMap,
    ) -> Result<Result<Expected, Response>, Refusal> {
        let refused = |status| stale(status, Some(&self.state));
        let Some(seen) = headers.get(header::IF_MATCH) else {
            return Ok(Err(refused(StatusCode::PRECONDITION_REQUIRED)?));
        };
        let seen = seen.to_str().unwrap_or_default();
        if seen == "*" {
            return Ok(Ok(Expected::Any));
        }
        match seen.trim_matches('"').parse() {
            Ok(version) => Ok(Ok(Expected::Version(Version(version)))),
            // A tag that was never ours is of another version, whatever it is.
            Err(_) => Ok(Err(refused(StatusCode::PRECONDITION_FAILED)?)),
        }
    }
}
