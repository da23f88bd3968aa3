//! Sharing for programs: what of one's own others have. What others share with one is `others`; `told` is how a share is told.
//!
//! A token sees what its person sees, and copies what they may copy. It shares nothing: whoever finds one must not be able to
//! hand a study on.

mod others;
mod told;

use app::sharing::{With, answers};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use holdfast::{Expected, Version};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::told::{Share, Thing};
use super::{
    Asker, Shared,
    asked::{Asked, Sent},
    matched,
    openapi::{IfMatch, IfNoneMatch, NotFound, Refusals, Stale, WriteRefusals},
};
use crate::web::Refusal;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, share))
        .routes(routes!(one, take_back))
        .routes(routes!(find))
        .merge(others::routes())
}

/// One's shares.
#[derive(Debug, Serialize, ToSchema)]
struct Shares {
    /// 500 at most.
    shares: Vec<Share>,
}

/// What of one's own others have
#[utoipa::path(
    get, path = "/api/v1/shares", operation_id = "listShares", tag = "sharing",
    responses((status = 200, description = "The shares.", body = Shares), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Shares>, Refusal> {
    let lent = answers::lent(&asker.caller(&shared), |_| true).await?;
    Ok(Json(Shares {
        shares: lent.into_iter().map(Share::from).collect(),
    }))
}

/// One share
///
/// One's own; for administrators anybody's of their tenant.
#[utoipa::path(
    get, path = "/api/v1/shares/{id}", operation_id = "getShare", tag = "sharing",
    params(("id" = String, Path, description = "The share."), IfNoneMatch),
    responses(
        (status = 200, description = "The share.", body = Share, headers(("ETag" = String))),
        (status = 304, description = "It is what is known."),
        NotFound, Refusals,
    ),
)]
async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let found = answers::lent_as(&asker.caller(&shared), &id).await?;
    let tag = found.shared.version.to_string();
    matched::read(&asker.headers, &tag, &Share::from(found))
}

/// What is to be shared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShareOrder)]
struct Order {
    /// What: something of one's own.
    thing: Thing,
    /// With whom: an account's id, or `everybody` of the tenant, now and later.
    #[schema(min_length = 1)]
    with: String,
    /// Whether they may keep a copy.
    #[serde(default)]
    may_copy: bool,
}

/// Shares something of one's own
///
/// For a person who is logged in and no viewer; a token cannot. Shared once more with the same it is the same share.
#[utoipa::path(
    post, path = "/api/v1/shares", operation_id = "share", tag = "sharing",
    request_body = Order,
    responses(
        (status = 201, description = "The share.", body = Share, headers(("Location" = String), ("ETag" = String))),
        NotFound, WriteRefusals,
    ),
)]
async fn share(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(order): Sent<Order>,
) -> Result<Response, Refusal> {
    let caller = asker.caller(&shared);
    let (thing, with) = (order.thing.into(), With::from(order.with));
    let made = Share::from(answers::share(&caller, thing, with, order.may_copy).await?);
    let place = format!("/api/v1/shares/{}", made.id);
    let answer = matched::tagged(StatusCode::CREATED, &made.version.to_string(), &made)?;
    Ok(([(header::LOCATION, place)], answer).into_response())
}

/// Takes a share back, at once
///
/// One's own; for administrators anybody's of their tenant. A copy that somebody made stays theirs.
#[utoipa::path(
    delete, path = "/api/v1/shares/{id}", operation_id = "takeBack", tag = "sharing",
    params(("id" = String, Path, description = "The share."), IfMatch),
    responses((status = 204, description = "It is over."), NotFound, Stale, WriteRefusals),
)]
async fn take_back(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let caller = asker.caller(&shared);
    let seen = answers::lent_as(&caller, &id).await?;
    let version = seen.shared.version;
    let tag = version.to_string();
    if let Some(refused) = matched::unmet(&asker.headers, &tag, &Share::from(seen))? {
        return Ok(refused);
    }
    answers::take_back(&caller, &id, Expected::Version(Version(version))).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whom to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Sought {
    /// A part of their name, of two letters at least, or their whole e-mail address.
    q: String,
}

/// Somebody of the tenant.
#[derive(Debug, Serialize, ToSchema)]
struct Person {
    /// Their account.
    id: String,
    /// What they are called.
    name: String,
    /// Enough of their e-mail address to tell two of one name apart.
    #[schema(example = "b…@lab.org")]
    mail: String,
}

/// Who was found.
#[derive(Debug, Serialize, ToSchema)]
struct People {
    /// 8 at most.
    people: Vec<Person>,
}

/// Finds people of the tenant to share with
///
/// For a person who is logged in and no viewer; a token cannot.
#[utoipa::path(
    get, path = "/api/v1/people", operation_id = "findPeople", tag = "sharing", params(Sought),
    responses((status = 200, description = "Who was found.", body = People), Refusals),
)]
async fn find(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(Sought { q }): Asked<Sought>,
) -> Result<Json<People>, Refusal> {
    let found = answers::find_people(&asker.caller(&shared), &q).await?;
    let people = found.into_iter().map(|it| Person {
        id: it.id,
        name: it.name,
        mail: it.mail,
    });
    Ok(Json(People {
        people: people.collect(),
    }))
}
