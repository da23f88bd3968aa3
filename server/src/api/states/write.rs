//! How programs change states: over the version that they saw (`If-Match`), or over whatever is there (`If-Match: *`).
//!
//! What a page keeps in states of its own (tables, runs, files, its stores) is changed through that page's door, which
//! keeps more than the state right; here such a state is read.

use std::{sync::Arc, time::Duration};

use app::{AppError, administers};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use holdfast::{
    Actor, Expected, Kind, New, Scope, State as Held, StateId, Transition, Ttl, Update, Version,
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use workbench::{configurations::desk, simulation::runs};

use super::{Asker, Place, Shared, Whose, tag, whole};
use crate::{
    api::asked::{Asked, Sent},
    web::Refusal,
};

/// Names a request, so that it is done once however often it is sent.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Who writes, and where.
struct Writer {
    scope: Scope,
    actor: Actor,
}

impl Writer {
    /// What an account's role allows is decided at the engine's door; without accounts, what everybody sees is for whoever
    /// administers the server.
    async fn of(shared: &Shared, asker: &Asker, place: Whose) -> Result<Self, Refusal> {
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
fn own_door(kind: &Kind) -> Result<(), Refusal> {
    let pages = desk::kinds().into_iter().chain(runs::kinds());
    let is_of_page = pages.map(|(kind, _)| kind).any(|own| own == *kind)
        || [Kind::STORE, Kind::DATASET, Kind::SESSION, Kind::COMPACTION].contains(kind);
    match is_of_page {
        false => Ok(()),
        true => Err(Refusal(AppError::Forbidden(format!(
            "A {kind} is kept by its own page: change it there, or through that page's part of this interface."
        )))),
    }
}

/// A state to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    id: Option<String>,
    kind: String,
    name: String,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    metadata: Value,
    /// Seconds; as its kind does without it.
    ttl: Option<u64>,
}

pub(super) async fn register(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(place): Asked<Place>,
    Sent(order): Sent<Order>,
) -> Result<Response, Refusal> {
    let writer = Writer::of(&shared, &asker, place.scope).await?;
    let kind = Kind::new(order.kind);
    own_door(&kind)?;
    let key = idempotency_key(&asker.headers, &writer.scope)?;
    let mut new = New::of(kind, order.name, writer.scope.clone(), order.data);
    new.id = order.id.map(StateId::new).or_else(|| key.clone());
    new.metadata = order.metadata;
    new.ttl = order
        .ttl
        .map_or(Ttl::Default, |ttl| Ttl::For(Duration::from_secs(ttl)));
    let made = shared
        .app
        .manager
        .register(new.clone(), &writer.actor)
        .await;
    let state = match (made, key) {
        // The same request was done before: its answer again.
        (Err(error @ holdfast::Error::Conflict { .. }), Some(_)) => again(&new, error)?,
        (made, _) => made?,
    };
    let mut response = whole(StatusCode::CREATED, &state)?;
    let place = percent_encoding::utf8_percent_encode(
        state.id.as_str(),
        percent_encoding::NON_ALPHANUMERIC,
    );
    if let Ok(place) = format!("/api/v1/states/{place}").parse() {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// What an earlier request of the same key made, if it was the same request and nobody has changed it since.
fn again(new: &New, error: holdfast::Error) -> Result<Arc<Held>, Refusal> {
    if let holdfast::Error::Conflict {
        current: Some(current),
        ..
    } = &error
    {
        let is_same = current.kind == new.kind
            && current.name == new.name
            && current.data == new.data
            && current.version == Version(1);
        if is_same {
            return Ok(Arc::clone(current));
        }
    }
    Err(error.into())
}

/// The id of what a request with this key makes: the same for the same key of the same person, on every server.
fn idempotency_key(headers: &HeaderMap, scope: &Scope) -> Result<Option<StateId>, Refusal> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=255).contains(&key.len()));
    let misread = || AppError::BadRequest("`Idempotency-Key` must be 1 to 255 characters.".into());
    let key = key.ok_or_else(misread)?;
    let digest = hex::encode(Sha256::digest(format!("{scope}\n{key}")));
    Ok(Some(StateId::new(format!("once-{}", &digest[..32]))))
}

/// New content.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    data: Value,
}

pub(super) async fn replace(
    shared: State<Shared>,
    asker: Asker,
    id: Path<String>,
    place: Asked<Place>,
    Sent(content): Sent<Content>,
) -> Result<Response, Refusal> {
    update(shared, asker, id, place, Update::Replace(content.data)).await
}

pub(super) async fn merge(
    shared: State<Shared>,
    asker: Asker,
    id: Path<String>,
    place: Asked<Place>,
    Sent(content): Sent<Content>,
) -> Result<Response, Refusal> {
    update(shared, asker, id, place, Update::Merge(content.data)).await
}

async fn update(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
    update: Update,
) -> Result<Response, Refusal> {
    let target = Target::of(&shared, &asker, place.scope, id).await?;
    let expected = match target.expected(&asker.headers)? {
        Ok(expected) => expected,
        Err(refused) => return Ok(refused),
    };
    let Target { writer, state } = target;
    let states = &shared.app.manager;
    let written = states.update(&writer.scope, &state.id, update, expected, &writer.actor);
    written_or_stale(written.await)
}

/// Which step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    transition: String,
}

pub(super) async fn transition(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
    Sent(step): Sent<Step>,
) -> Result<Response, Refusal> {
    let target = Target::of(&shared, &asker, place.scope, id).await?;
    let expected = match target.expected(&asker.headers)? {
        Ok(expected) => expected,
        Err(refused) => return Ok(refused),
    };
    let Target { writer, state } = target;
    let (states, step) = (&shared.app.manager, Transition::new(step.transition));
    let moved = states.transition(&writer.scope, &state.id, step, expected, &writer.actor);
    written_or_stale(moved.await)
}

/// To which version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Back {
    to: u64,
}

pub(super) async fn rollback(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
    Sent(back): Sent<Back>,
) -> Result<Response, Refusal> {
    let target = Target::of(&shared, &asker, place.scope, id).await?;
    let expected = match target.expected(&asker.headers)? {
        Ok(expected) => expected,
        Err(refused) => return Ok(refused),
    };
    let Target { writer, state } = target;
    let (states, to) = (&shared.app.manager, Version(back.to));
    let brought = states.rollback(&writer.scope, &state.id, to, expected, &writer.actor);
    written_or_stale(brought.await)
}

pub(super) async fn delete(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
) -> Result<Response, Refusal> {
    let target = Target::of(&shared, &asker, place.scope, id).await?;
    let expected = match target.expected(&asker.headers)? {
        Ok(expected) => expected,
        Err(refused) => return Ok(refused),
    };
    let Target { writer, state } = target;
    let states = &shared.app.manager;
    match states
        .delete(&writer.scope, &state.id, expected, &writer.actor)
        .await
    {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => written_or_stale(Err(error)),
    }
}

/// The state that is to be changed, as it stands now.
struct Target {
    writer: Writer,
    state: Arc<Held>,
}

impl Target {
    async fn of(shared: &Shared, asker: &Asker, place: Whose, id: String) -> Result<Self, Refusal> {
        let (writer, id) = (Writer::of(shared, asker, place).await?, StateId::new(id));
        let found = shared.app.manager.get(&writer.scope, &id).await?;
        let state = found.ok_or(holdfast::Error::Absent { id })?;
        own_door(&state.kind)?;
        Ok(Self { writer, state })
    }

    /// What the program saw; or 428 with what is there, where it does not say.
    fn expected(&self, headers: &HeaderMap) -> Result<Result<Expected, Response>, Refusal> {
        let Some(seen) = headers.get(header::IF_MATCH) else {
            return Ok(Err(stale(
                StatusCode::PRECONDITION_REQUIRED,
                Some(&self.state),
            )?));
        };
        let seen = seen.to_str().unwrap_or_default();
        if seen == "*" {
            return Ok(Ok(Expected::Any));
        }
        match seen.trim_matches('"').parse() {
            Ok(version) => Ok(Ok(Expected::Version(Version(version)))),
            // A tag that was never ours is of another version, whatever it is.
            Err(_) => Ok(Err(stale(
                StatusCode::PRECONDITION_FAILED,
                Some(&self.state),
            )?)),
        }
    }
}

fn written_or_stale(written: Result<Arc<Held>, holdfast::Error>) -> Result<Response, Refusal> {
    match written {
        Ok(state) => whole(StatusCode::OK, &state),
        Err(holdfast::Error::Conflict { current, .. }) => {
            stale(StatusCode::PRECONDITION_FAILED, current.as_deref())
        }
        Err(holdfast::Error::Refused {
            status,
            transition,
            allowed,
            ..
        }) => {
            let told = json!({ "error": "refused", "transition": transition, "status": status, "allowed": allowed });
            Ok((StatusCode::CONFLICT, Json(told)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Refused, with what is there now.
fn stale(status: StatusCode, current: Option<&Arc<Held>>) -> Result<Response, Refusal> {
    let version = current.map_or(0, |state| state.version.0);
    let state = current.map(app::without_secrets);
    let told = json!({ "error": "stale", "version": version, "state": state });
    Ok((status, [(header::ETAG, tag(Version(version))?)], Json(told)).into_response())
}
