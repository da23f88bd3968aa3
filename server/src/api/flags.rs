//! Feature flags for programs: seen by everybody, changed by who may switch features, and asked for oneself.

use app::{
    AppError,
    flags::{self, Flag, Rules, Wanted},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Asker, Shared,
    asked::Sent,
    matched,
    openapi::{IfMatch, IfNoneMatch, NotFound, Refusals, Stale, WriteRefusals},
};
use crate::web::Refusal;

/// The status of a flag that is on.
const ENABLED: &str = "enabled";

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(one, change))
        .routes(routes!(evaluate))
}

/// A flag.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Flag)]
struct Told {
    /// Names it.
    id: String,
    /// What people call it.
    title: String,
    /// What goes away when it is off.
    about: String,
    /// Whether it is on at all.
    is_on: bool,
    /// Of those whom no list names: so many in a hundred have it while it is on.
    #[schema(minimum = 0, maximum = 100)]
    percentage: f64,
    /// Those who have it while it is on.
    on: Vec<String>,
    /// Those who do not.
    off: Vec<String>,
    /// Whether the caller has it.
    is_mine: bool,
    /// Counts its changes.
    #[schema(minimum = 1)]
    version: u64,
}

impl From<Flag> for Told {
    fn from(flag: Flag) -> Self {
        let Rules {
            percentage,
            on,
            off,
        } = flag.rules;
        Self {
            id: flag.id,
            title: flag.title,
            about: flag.about,
            is_on: flag.status == ENABLED,
            percentage,
            on,
            off,
            is_mine: flag.is_mine,
            version: flag.version,
        }
    }
}

/// The flags.
#[derive(Debug, Serialize, ToSchema)]
struct Flags {
    flags: Vec<Told>,
    /// Whether the caller may change them.
    may_change: bool,
    /// How rules name the caller.
    me: String,
}

/// Feature flags
#[utoipa::path(
    get, path = "/api/v1/flags", operation_id = "listFlags", tag = "flags",
    responses((status = 200, description = "All of them: 200 at most.", body = Flags), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Flags>, Refusal> {
    let all = flags::list(&asker.caller(&shared)).await?;
    Ok(Json(Flags {
        flags: all.flags.into_iter().map(Told::from).collect(),
        may_change: all.may_change,
        me: all.me,
    }))
}

async fn found(shared: &Shared, asker: &Asker, id: &str) -> Result<Flag, AppError> {
    let flag = flags::one(&asker.caller(shared), id).await?;
    flag.ok_or_else(|| AppError::NotFound("There is no such flag here.".into()))
}

/// One feature flag
#[utoipa::path(
    get, path = "/api/v1/flags/{id}", operation_id = "getFlag", tag = "flags",
    params(("id" = String, Path, description = "The flag."), IfNoneMatch),
    responses(
        (status = 200, description = "The flag.", body = Told, headers(("ETag" = String))),
        (status = 304, description = "It is what is known."),
        NotFound, Refusals,
    ),
)]
async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let flag = found(&shared, &asker, &id).await?;
    matched::read(&asker.headers, &flag.version.to_string(), &Told::from(flag))
}

/// What becomes of a flag; what is not said stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = FlagEdit)]
struct Edit {
    /// Whether it is on at all.
    is_on: Option<bool>,
    /// Of those whom no list names: so many in a hundred.
    #[schema(minimum = 0, maximum = 100)]
    percentage: Option<f64>,
    /// Those who have it.
    on: Option<Vec<String>>,
    /// Those who do not.
    off: Option<Vec<String>>,
}

/// Switches a flag, or changes for whom it is on
///
/// All of it, or nothing of it. It holds from the next request on, on every server.
#[utoipa::path(
    patch, path = "/api/v1/flags/{id}", operation_id = "changeFlag", tag = "flags",
    params(("id" = String, Path, description = "The flag."), IfMatch),
    request_body = Edit,
    responses((status = 200, description = "The flag.", body = Told, headers(("ETag" = String))), NotFound, Stale, WriteRefusals),
)]
async fn change(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(edit): Sent<Edit>,
) -> Result<Response, Refusal> {
    let flag = found(&shared, &asker, &id).await?;
    let (version, is_on) = (flag.version, flag.status == ENABLED);
    let mut rules = flag.rules.clone();
    let told = Told::from(flag);
    if let Some(refused) = matched::unmet(&asker.headers, &version.to_string(), &told)? {
        return Ok(refused);
    }
    rules.percentage = edit.percentage.unwrap_or(rules.percentage);
    rules.on = edit.on.unwrap_or(rules.on);
    rules.off = edit.off.unwrap_or(rules.off);
    let has_new_rules =
        (rules.percentage, &rules.on, &rules.off) != (told.percentage, &told.on, &told.off);
    let wanted = Wanted {
        // One that is on already is not switched again.
        is_on: edit.is_on.filter(|wanted| *wanted != is_on),
        rules: has_new_rules.then_some(rules),
    };
    flags::set(&asker.caller(&shared), id.clone(), wanted, version).await?;
    let flag = found(&shared, &asker, &id).await?;
    matched::tagged(StatusCode::OK, &flag.version.to_string(), &Told::from(flag))
}

/// Whether somebody has a feature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlagEvaluation)]
struct Evaluated {
    /// The flag.
    id: String,
    /// Whether the caller has it.
    is_on: bool,
}

/// Whether the caller has a feature
#[utoipa::path(
    get, path = "/api/v1/flags/{id}/evaluation", operation_id = "evaluateFlag", tag = "flags",
    params(("id" = String, Path, description = "The flag.")),
    responses((status = 200, description = "Whether it is on for the caller.", body = Evaluated), NotFound, Refusals),
)]
async fn evaluate(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Evaluated>, Refusal> {
    let flag = found(&shared, &asker, &id).await?;
    Ok(Json(Evaluated {
        id: flag.id,
        is_on: flag.is_mine,
    }))
}
