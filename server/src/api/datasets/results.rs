//! Merged results: what comes of a question, kept with its filters and the tables that it came from. The same question of the
//! same data has the same result.

use app::{AppError, sharing::results_of_others};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::query::{CohortFilters, CountReport, ResultInfo};

use super::Question;
use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        matched,
        openapi::{IfNoneMatch, NotFound, Refusals, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, make))
        .routes(routes!(one))
}

/// A merged result.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Dataset {
    /// Who shares it; `null` for one's own.
    owner: Option<String>,
    #[serde(flatten)]
    pub(super) result: ResultInfo,
}

impl Dataset {
    fn own(result: ResultInfo) -> Self {
        Self {
            owner: None,
            result,
        }
    }
}

/// The merged results.
#[derive(Debug, Serialize, ToSchema)]
struct Datasets {
    /// One's own, the newest first (the last 20 at most), then what others share.
    datasets: Vec<Dataset>,
}

/// Merged results that are kept, and those that others share
#[utoipa::path(
    get, path = "/api/v1/datasets", operation_id = "listDatasets", tag = "datasets",
    responses((status = 200, description = "The results.", body = Datasets), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Datasets>, Refusal> {
    let own = asker.workspace(&shared.app)?.results().await?;
    let others = results_of_others(&shared.app, &asker.visitor).await?;
    let others = others.into_iter().map(|(owner, result)| Dataset {
        owner: Some(owner),
        result,
    });
    let datasets = own.into_iter().map(Dataset::own).chain(others).collect();
    Ok(Json(Datasets { datasets }))
}

/// Asks, and keeps the merged result
///
/// It takes the place of the last result on the Query page; that one stays among the kept ones. Whoever goes away
/// meanwhile cancels.
#[utoipa::path(
    post, path = "/api/v1/datasets", operation_id = "makeDataset", tag = "datasets",
    request_body = Question,
    responses(
        (status = 201, description = "The result, with its filters and the tables that it came from.", body = Dataset,
            headers(("Location" = String), ("ETag" = String))),
        WriteRefusals,
    ),
)]
async fn make(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(question): Sent<Question>,
) -> Result<Response, Refusal> {
    let workspace = asker.workspace(&shared.app)?;
    let study = workspace.study().await?;
    let spec = question.of(&study)?;
    let workbench = &shared.app.workbench;
    let counted = workbench.count(&study, &spec.filters, &spec.selection);
    applies(&counted.await?, &spec.filters)?;
    let cancel = CancellationToken::new();
    let _when_gone = cancel.clone().drop_guard();
    let now = shared.door.clock.now().0;
    let result = workspace.merge(&spec, now, &cancel).await?;
    let place = format!("/api/v1/datasets/{}", result.id);
    let id = result.id.clone();
    let answer = matched::tagged(StatusCode::CREATED, &id, &Dataset::own(result))?;
    Ok(([(header::LOCATION, place)], answer).into_response())
}

/// A page shows what does not apply beside the number; a program that did not look would take too many people.
fn applies(report: &CountReport, filters: &CohortFilters) -> Result<(), AppError> {
    if let Some(problem) = report.problems.first() {
        return Err(AppError::Invalid {
            path: "filters".into(),
            problem: problem.clone(),
        });
    }
    let is_on = |id: &str| {
        filters
            .cards
            .iter()
            .any(|card| card.enabled && card.id == id)
    };
    let mut on = report.cards.iter().filter(|card| is_on(&card.id));
    let broken = on.find_map(|card| Some((card.id.clone(), card.problem.clone()?)));
    match broken {
        None => Ok(()),
        Some((at, problem)) => Err(AppError::Invalid {
            path: format!("filters.cards.{at}"),
            problem,
        }),
    }
}

/// The result under this id: one's own, also one whose place another took, or one that somebody shares.
pub(super) async fn found(shared: &Shared, asker: &Asker, id: &str) -> Result<Dataset, Refusal> {
    let own = asker.workspace(&shared.app)?.results().await?;
    if let Some(result) = own.into_iter().find(|result| result.id == id) {
        return Ok(Dataset::own(result));
    }
    let others = results_of_others(&shared.app, &asker.visitor).await?;
    match others.into_iter().find(|(_, result)| result.id == id) {
        Some((owner, result)) => Ok(Dataset {
            owner: Some(owner),
            result,
        }),
        None => Err(AppError::NotFound("This result is not here any more.".into()).into()),
    }
}

/// One merged result, with what was asked and the tables that it came from
#[utoipa::path(
    get, path = "/api/v1/datasets/{id}", operation_id = "getDataset", tag = "datasets",
    params(("id" = String, Path, description = "The result."), IfNoneMatch),
    responses(
        (status = 200, description = "The result.", body = Dataset, headers(("ETag" = String))),
        (status = 304, description = "It is what is known."),
        NotFound, Refusals,
    ),
)]
async fn one(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let dataset = found(&shared, &asker, &id).await?;
    matched::read(&asker.headers, &dataset.result.id, &dataset)
}
