//! The columns on which tables meet: those in force, a choice of one's own instead of those found, and whether they do meet.

use app::{AppError, Caller, KEYS_STORE, data_forms, read_typed, write_seen};
use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::data::{KeyReport, MergeKeys};

use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        matched,
        openapi::{IfMatch, IfNoneMatch, Refusals, Stale, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(keys, choose, forget))
        .routes(routes!(report))
}

/// The keys in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeysInForce)]
struct Keys {
    /// `null` while there is no table, or no key was found.
    keys: Option<MergeKeys>,
    /// Why there are none.
    problem: Option<String>,
    /// Whether somebody chose them, instead of those found.
    is_chosen: bool,
}

/// Which keys to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyChoice)]
struct Choice {
    /// The table with one row a participant.
    cohort_table: String,
    /// The column that names a participant.
    primary_id: String,
    /// The column that names a visit; `null` where each participant has one row.
    #[serde(default)]
    session_id: Option<String>,
}

/// As they stand, under the version of the choice.
async fn standing(caller: &Caller) -> Result<(Keys, u64), AppError> {
    let (chosen, version) = read_typed(caller, &KEYS_STORE).await?;
    let workspace = caller.visitor.workspace(&caller.state, None);
    let view = workspace.ok_or(AppError::NoSession)?.view().await?;
    let keys = Keys {
        is_chosen: chosen.is_some() && view.keys == chosen,
        keys: view.keys,
        problem: view.keys_problem,
    };
    Ok((keys, version))
}

/// The keys on which tables meet
#[utoipa::path(
    get, path = "/api/v1/keys", operation_id = "getKeys", tag = "datasets",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The keys in force.", body = Keys, headers(("ETag" = String))),
        (status = 304, description = "They are what is known."),
        Refusals,
    ),
)]
async fn keys(State(shared): State<Shared>, asker: Asker) -> Result<Response, Refusal> {
    let (keys, version) = standing(&asker.caller(&shared)).await?;
    // With other tables others may be found under the same choice.
    let tag = matched::tag_of(&(&keys, version))?;
    matched::read(&asker.headers, &tag, &keys)
}

/// Chooses the keys
#[utoipa::path(
    put, path = "/api/v1/keys", operation_id = "chooseKeys", tag = "datasets",
    params(IfMatch),
    request_body = Choice,
    responses((status = 200, description = "The keys in force.", body = Keys, headers(("ETag" = String))), Stale, WriteRefusals),
)]
async fn choose(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(choice): Sent<Choice>,
) -> Result<Response, Refusal> {
    let wanted = data_forms::keys_of(choice.cohort_table, choice.primary_id, choice.session_id);
    let view = asker.workspace(&shared.app)?.view().await?;
    data_forms::check_keys(&view, &wanted)?;
    put(&shared, &asker, Some(wanted)).await
}

/// Goes back to the keys that are found
#[utoipa::path(
    delete, path = "/api/v1/keys", operation_id = "forgetKeys", tag = "datasets",
    params(IfMatch),
    responses((status = 200, description = "The keys in force.", body = Keys, headers(("ETag" = String))), Stale, WriteRefusals),
)]
async fn forget(State(shared): State<Shared>, asker: Asker) -> Result<Response, Refusal> {
    put(&shared, &asker, None).await
}

async fn put(
    shared: &Shared,
    asker: &Asker,
    wanted: Option<MergeKeys>,
) -> Result<Response, Refusal> {
    let caller = asker.caller(shared);
    let (keys, version) = standing(&caller).await?;
    let tag = matched::tag_of(&(&keys, version))?;
    if let Some(refused) = matched::unmet(&asker.headers, &tag, &keys)? {
        return Ok(refused);
    }
    write_seen(&caller, &KEYS_STORE, &wanted, version).await?;
    let (keys, version) = standing(&caller).await?;
    matched::tagged(StatusCode::OK, &matched::tag_of(&(&keys, version))?, &keys)
}

/// How the tables join, computed from the data
#[utoipa::path(
    get, path = "/api/v1/keys/report", operation_id = "reportKeys", tag = "datasets",
    responses((status = 200, description = "How each table joins, and whether the keys meet.", body = KeyReport), Refusals),
)]
async fn report(State(shared): State<Shared>, asker: Asker) -> Result<Json<KeyReport>, Refusal> {
    let study = asker.workspace(&shared.app)?.study().await?;
    Ok(Json(shared.app.workbench.key_report(&study).await?))
}
