//! Saved queries for programs: the list of the Query page, one by one. All of them are one store; each has a tag of its own,
//! so that programs are in each other's way only where they change the same query.

use app::{
    AppError, Caller, SAVED_QUERIES as FEATURE, SAVED_QUERIES_STORE as STORE, has_feature,
    read_typed, write_seen,
};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::query::{MAX_SAVED, SavedQuery};

use super::{
    Asker, Shared,
    asked::Sent,
    datasets::Question,
    matched,
    openapi::{IfMatch, IfNoneMatch, NotFound, Refusals, Stale, WriteRefusals},
};
use crate::web::Refusal;

/// Longest name, as the page has it; in characters.
const MAX_NAME: usize = 80;
/// Longest notes.
const MAX_NOTES: usize = 1000;
/// How often another write to the list may come in between.
const TRIES: usize = 5;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, save))
        .routes(routes!(one, change, delete))
}

/// The saved queries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedQueries)]
struct Queries {
    /// The newest first.
    queries: Vec<SavedQuery>,
}

/// A query to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QueryOrder)]
struct Order {
    /// What people call it.
    #[schema(min_length = 1, max_length = 80, pattern = r"\S")]
    name: String,
    /// What they want to remember about it.
    #[serde(default)]
    #[schema(max_length = 1000)]
    notes: String,
    /// What it asks.
    spec: Question,
}

/// What of a saved query becomes something else; what is not said stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = QueryEdit)]
struct Edit {
    /// What people call it.
    #[schema(min_length = 1, max_length = 80, pattern = r"\S")]
    name: Option<String>,
    /// What they want to remember about it.
    #[schema(max_length = 1000)]
    notes: Option<String>,
    /// What it asks.
    spec: Option<Question>,
}

/// Saved queries
#[utoipa::path(
    get, path = "/api/v1/queries", operation_id = "listQueries", tag = "queries",
    responses((status = 200, description = "All of them: 200 at most.", body = Queries), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Queries>, Refusal> {
    let (queries, _) = read_typed(&asker.caller(&shared), &STORE).await?;
    Ok(Json(Queries { queries }))
}

/// One saved query
#[utoipa::path(
    get, path = "/api/v1/queries/{id}", operation_id = "getQuery", tag = "queries",
    params(("id" = String, Path, description = "The query."), IfNoneMatch),
    responses(
        (status = 200, description = "The query.", body = SavedQuery, headers(("ETag" = String))),
        (status = 304, description = "It is what is known."),
        NotFound, Refusals,
    ),
)]
async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (queries, _) = read_typed(&asker.caller(&shared), &STORE).await?;
    let query = queries.iter().find(|query| query.id == id);
    let query = query.ok_or_else(missing)?;
    matched::read(&asker.headers, &matched::tag_of(query)?, query)
}

/// Keeps a query under a name
#[utoipa::path(
    post, path = "/api/v1/queries", operation_id = "saveQuery", tag = "queries",
    request_body = Order,
    responses(
        (status = 201, description = "The query.", body = SavedQuery, headers(("Location" = String), ("ETag" = String))),
        WriteRefusals,
    ),
)]
async fn save(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(order): Sent<Order>,
) -> Result<Response, Refusal> {
    let caller = ready(&shared, &asker).await?;
    let now = shared.door.clock.now().0;
    let study = asker.workspace(&shared.app)?.study().await?;
    let mut new = SavedQuery {
        id: String::new(),
        name: named(&order.name)?,
        notes: noted(&order.notes)?,
        spec: order.spec.of(&study)?,
        saved_at: now,
    };
    let wish = format!("q{now}");
    let kept = write(&caller, |queries| {
        if queries.len() >= MAX_SAVED {
            return Err(AppError::TooLarge(format!(
                "There are {MAX_SAVED} saved queries. Delete one first."
            )));
        }
        new.id = free(queries, &wish);
        queries.insert(0, new.clone());
        Ok(new.clone())
    });
    let kept = kept.await?;
    let place = format!("/api/v1/queries/{}", kept.id);
    let answer = matched::tagged(StatusCode::CREATED, &matched::tag_of(&kept)?, &kept)?;
    Ok(([(header::LOCATION, place)], answer).into_response())
}

/// Renames a saved query, notes something, or has it ask something else
#[utoipa::path(
    patch, path = "/api/v1/queries/{id}", operation_id = "changeQuery", tag = "queries",
    params(("id" = String, Path, description = "The query."), IfMatch),
    request_body = Edit,
    responses((status = 200, description = "The query.", body = SavedQuery, headers(("ETag" = String))), NotFound, Stale, WriteRefusals),
)]
async fn change(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(edit): Sent<Edit>,
) -> Result<Response, Refusal> {
    let caller = ready(&shared, &asker).await?;
    let seen = match seen(&caller, &asker, &id).await? {
        Ok(seen) => seen,
        Err(refused) => return Ok(refused),
    };
    let mut changed = seen.clone();
    if let Some(name) = &edit.name {
        changed.name = named(name)?;
    }
    if let Some(notes) = &edit.notes {
        changed.notes = noted(notes)?;
    }
    if let Some(spec) = edit.spec {
        changed.spec = spec.of(&asker.workspace(&shared.app)?.study().await?)?;
    }
    let changed = write(&caller, |queries| {
        let at = place_of(queries, &seen)?;
        queries[at] = changed.clone();
        Ok(changed.clone())
    });
    let changed = changed.await?;
    matched::tagged(StatusCode::OK, &matched::tag_of(&changed)?, &changed)
}

/// Deletes a saved query
#[utoipa::path(
    delete, path = "/api/v1/queries/{id}", operation_id = "deleteQuery", tag = "queries",
    params(("id" = String, Path, description = "The query."), IfMatch),
    responses((status = 204, description = "It is gone; the history of the list has it."), NotFound, Stale, WriteRefusals),
)]
async fn delete(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let caller = ready(&shared, &asker).await?;
    let seen = match seen(&caller, &asker, &id).await? {
        Ok(seen) => seen,
        Err(refused) => return Ok(refused),
    };
    let deleted = write(&caller, |queries| {
        let at = place_of(queries, &seen)?;
        Ok(queries.remove(at))
    });
    deleted.await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Who asks, if queries can be kept at all.
async fn ready(shared: &Shared, asker: &Asker) -> Result<Caller, Refusal> {
    match has_feature(&shared.app.manager, &asker.visitor, FEATURE).await? {
        true => Ok(asker.caller(shared)),
        false => Err(Refusal(AppError::Forbidden(
            "Saved queries are switched off. What was kept stays.".into(),
        ))),
    }
}

/// The query as the program saw it, or its refusal.
async fn seen(
    caller: &Caller,
    asker: &Asker,
    id: &str,
) -> Result<Result<SavedQuery, Response>, Refusal> {
    let (queries, _) = read_typed(caller, &STORE).await?;
    let query = queries.into_iter().find(|query| query.id == id);
    let query = query.ok_or_else(missing)?;
    let refused = matched::unmet(&asker.headers, &matched::tag_of(&query)?, &query)?;
    Ok(refused.map_or(Ok(query), Err))
}

/// One change of the list. Where another one was faster it is made again on top of that, so it has to look for itself
/// whether what it is about is still as it was.
async fn write(
    caller: &Caller,
    mut change: impl FnMut(&mut Vec<SavedQuery>) -> Result<SavedQuery, AppError>,
) -> Result<SavedQuery, AppError> {
    for _ in 0..TRIES {
        let (mut queries, version) = read_typed(caller, &STORE).await?;
        let before = queries.clone();
        let about = change(&mut queries)?;
        if queries == before {
            return Ok(about);
        }
        match write_seen(caller, &STORE, &queries, version).await {
            Err(AppError::Conflict { .. }) => {}
            Err(error) => return Err(error),
            Ok(_) => return Ok(about),
        }
    }
    Err(AppError::Busy(
        "Others write saved queries all the time. Try again.".into(),
    ))
}

fn place_of(queries: &[SavedQuery], seen: &SavedQuery) -> Result<usize, AppError> {
    let at = queries.iter().position(|query| query.id == seen.id);
    let at = at.ok_or_else(missing)?;
    match queries[at] == *seen {
        true => Ok(at),
        false => Err(AppError::Conflict {
            version: 0,
            data: serde_json::to_string(&queries[at]).ok(),
        }),
    }
}

/// A name for it that no other query has.
fn free(queries: &[SavedQuery], wish: &str) -> String {
    let is_free = |id: &str| queries.iter().all(|query| query.id != id);
    if is_free(wish) {
        return wish.to_owned();
    }
    let mut others = (2..).map(|n| format!("{wish}-{n}"));
    others.find(|id| is_free(id)).unwrap_or_default()
}

fn named(name: &str) -> Result<String, AppError> {
    let is_fine = !name.trim().is_empty() && name.chars().count() <= MAX_NAME;
    match is_fine {
        true => Ok(name.trim().to_owned()),
        false => Err(AppError::Invalid {
            path: "name".into(),
            problem: format!("give it a name of 1 to {MAX_NAME} characters"),
        }),
    }
}

fn noted(notes: &str) -> Result<String, AppError> {
    match notes.chars().count() <= MAX_NOTES {
        true => Ok(notes.trim().to_owned()),
        false => Err(AppError::Invalid {
            path: "notes".into(),
            problem: format!("at most {MAX_NOTES} characters"),
        }),
    }
}

fn missing() -> AppError {
    AppError::NotFound("This query is not here any more.".into())
}
