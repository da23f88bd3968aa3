//! Saved queries for programs: the list of the Query page, one by one. All of them are one store; each has a tag of its own,
//! so that programs are in each other's way only where they change the same query.
//!
//! - `kept` is the list, `told` what is said of one, `files` what goes out and comes in

mod files;
mod kept;
mod told;

use app::{AppError, Caller, SAVED_QUERIES as FEATURE, has_feature};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::query::{MAX_SAVED, MergeSpec, SavedQuery};

use self::told::{Edit, Order, named, noted};
use super::{
    Asker, Shared,
    asked::Sent,
    matched,
    openapi::{IfMatch, IfNoneMatch, NotFound, Refusals, Stale, WriteRefusals},
};
use crate::web::Refusal;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, save))
        .routes(routes!(one, change, delete))
        .merge(files::routes())
}

/// The saved queries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedQueries)]
struct Queries {
    /// The newest first.
    queries: Vec<SavedQuery>,
}

/// Saved queries
#[utoipa::path(
    get, path = "/api/v1/queries", operation_id = "listQueries", tag = "queries",
    responses((status = 200, description = "All of them: 200 at most.", body = Queries), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Queries>, Refusal> {
    let queries = kept::all(&asker.caller(&shared)).await?;
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
    let query = kept::one(&asker.caller(&shared), &id).await?;
    matched::read(&asker.headers, &matched::tag_of(&query)?, &query)
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
    let study = asker.workspace(&shared.app)?.study().await?;
    let (name, notes) = (named(&order.name)?, noted(&order.notes)?);
    keep(&shared, &caller, name, notes, order.spec.of(&study)?).await
}

/// A query that joins the list, as the newest.
async fn keep(
    shared: &Shared,
    caller: &Caller,
    name: String,
    notes: String,
    spec: MergeSpec,
) -> Result<Response, Refusal> {
    let now = shared.door.clock.now().0;
    let mut new = SavedQuery {
        id: String::new(),
        name,
        notes,
        spec,
        saved_at: now,
    };
    let wish = format!("q{now}");
    let saved = kept::write(caller, |queries| {
        if queries.len() >= MAX_SAVED {
            return Err(AppError::TooLarge(format!(
                "There are {MAX_SAVED} saved queries. Delete one first."
            )));
        }
        new.id = kept::free(queries, &wish);
        queries.insert(0, new.clone());
        Ok(new.clone())
    });
    let saved = saved.await?;
    let place = format!("/api/v1/queries/{}", saved.id);
    let answer = matched::tagged(StatusCode::CREATED, &matched::tag_of(&saved)?, &saved)?;
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
    let changed = kept::write(&caller, |queries| {
        let at = kept::place_of(queries, &seen)?;
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
    let deleted = kept::write(&caller, |queries| {
        let at = kept::place_of(queries, &seen)?;
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
    let query = kept::one(caller, id).await?;
    let refused = matched::unmet(&asker.headers, &matched::tag_of(&query)?, &query)?;
    Ok(refused.map_or(Ok(query), Err))
}
