//! How programs change a state: over the version that they saw (`If-Match`), or over whatever is there (`If-Match: *`).

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use holdfast::{Transition, Update, Version};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Asker, Place, Shared,
    told::{Shape, refused, whole, written},
    writer::{Order, Target, Writer},
};
use crate::{
    api::{
        asked::{Asked, Sent},
        openapi::{Id, IfMatch, NotFound, Stale, WriteRefusals},
    },
    web::Refusal,
};

/// Bring a state into being
///
/// Kinds that a page keeps are made there. Where there is a state of this id already, 409 tells its `version`.
#[utoipa::path(
    post, path = "/api/v1/states", operation_id = "registerState", tag = "states", params(Place), request_body = Order,
    responses(
        (status = 201, description = "The state.", body = Shape, headers(
            ("ETag" = String, description = "Its version, in quotes."),
            ("Location" = String, description = "Where it is."),
        )),
        WriteRefusals,
    ),
)]
pub(super) async fn register(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(place): Asked<Place>,
    Sent(order): Sent<Order>,
) -> Result<Response, Refusal> {
    let Writer { scope, actor } = Writer::of(&shared, &asker, place.scope).await?;
    let new = order.into_new(scope)?;
    let state = shared.app.manager.register(new, &actor).await?;
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

/// New content.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StateData)]
pub(super) struct Content {
    /// Any JSON that its kind allows.
    #[schema(required = true)]
    data: Value,
}

/// Replace a state's data
#[utoipa::path(
    put, path = "/api/v1/states/{id}", operation_id = "replaceState", tag = "states",
    params(Id, Place, IfMatch), request_body = Content,
    responses(
        (status = 200, description = "The new version.", body = Shape, headers(("ETag" = String, description = "Its version, in quotes."))),
        WriteRefusals, NotFound, Stale,
    ),
)]
pub(super) async fn replace(
    shared: State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    place: Asked<Place>,
    Sent(content): Sent<Content>,
) -> Result<Response, Refusal> {
    update(shared, asker, id, place, Update::Replace(content.data)).await
}

/// Merge into a state's data (RFC 7396)
#[utoipa::path(
    patch, path = "/api/v1/states/{id}", operation_id = "mergeState", tag = "states",
    params(Id, Place, IfMatch), request_body = Content,
    responses(
        (status = 200, description = "The new version.", body = Shape, headers(("ETag" = String, description = "Its version, in quotes."))),
        WriteRefusals, NotFound, Stale,
    ),
)]
pub(super) async fn merge(
    shared: State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    place: Asked<Place>,
    Sent(content): Sent<Content>,
) -> Result<Response, Refusal> {
    update(shared, asker, id, place, Update::Merge(content.data)).await
}

async fn update(
    State(shared): State<Shared>,
    asker: Asker,
    id: String,
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
    let done = states.update(&writer.scope, &state.id, update, expected, &writer.actor);
    written(done.await)
}

/// Which step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LifecycleStep)]
pub(super) struct Step {
    transition: String,
}

/// Move a state through its lifecycle
///
/// What the lifecycle has no step for is refused (409) with what it allows.
#[utoipa::path(
    post, path = "/api/v1/states/{id}/transitions", operation_id = "transitionState", tag = "states",
    params(Id, Place, IfMatch), request_body = Step,
    responses(
        (status = 200, description = "The new version.", body = Shape, headers(("ETag" = String, description = "Its version, in quotes."))),
        WriteRefusals, NotFound, Stale,
    ),
)]
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
    written(moved.await)
}

/// To which version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OlderVersion)]
pub(super) struct Back {
    #[schema(minimum = 1)]
    to: u64,
}

/// Bring the content of an older version back, as a new one
#[utoipa::path(
    post, path = "/api/v1/states/{id}/rollback", operation_id = "rollBackState", tag = "states",
    params(Id, Place, IfMatch), request_body = Back,
    responses(
        (status = 200, description = "The new version.", body = Shape, headers(("ETag" = String, description = "Its version, in quotes."))),
        WriteRefusals, NotFound, Stale,
    ),
)]
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
    written(brought.await)
}

/// Remove a state for readers; its history stays
#[utoipa::path(
    delete, path = "/api/v1/states/{id}", operation_id = "deleteState", tag = "states", params(Id, Place, IfMatch),
    responses((status = 204, description = "It is gone."), WriteRefusals, NotFound, Stale),
)]
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
    let deleted = shared
        .app
        .manager
        .delete(&writer.scope, &state.id, expected, &writer.actor);
    match deleted.await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => refused(error),
    }
}
