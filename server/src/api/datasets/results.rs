//! Questions and what comes of them: the live count, and the merged result, which is kept with its filters and the tables
//! that it came from. The same question of the same data has the same result.

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
use workbench::query::{
    CohortFilters, CountReport, ExportFormat, FilterOptions, PageRequest, ResultInfo,
    default_selection, export_name,
};

use super::{
    Question,
    rows::{AsFile, Place, Rows, View},
};
use crate::{
    api::{
        Asker, Shared,
        asked::{Asked, Sent},
        matched,
        openapi::{IfNoneMatch, NotFound, Refusals, WriteRefusals},
        query::{CSV, PARQUET, attachment, parquet_is_on},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list, make))
        .routes(routes!(count))
        .routes(routes!(options))
        .routes(routes!(one))
        .routes(routes!(rows))
        .routes(routes!(file))
}

/// What can be asked of the present tables.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DatasetOptions)]
struct Options {
    /// What the filters on site, visit, age and sex offer.
    filters: FilterOptions,
    /// Table -> columns that are taken where a question does not say.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<String>>)]
    default_selection: workbench::query::Selection,
}

/// What can be asked: sites, visits, ages and sexes there are
#[utoipa::path(
    get, path = "/api/v1/datasets/options", operation_id = "datasetOptions", tag = "datasets",
    responses((status = 200, description = "What filters offer.", body = Options), Refusals),
)]
async fn options(State(shared): State<Shared>, asker: Asker) -> Result<Json<Options>, Refusal> {
    let study = asker.workspace(&shared.app)?.study().await?;
    Ok(Json(Options {
        filters: shared.app.workbench.filter_options(&study).await?,
        default_selection: default_selection(&study),
    }))
}

/// Counts who is left, filter by filter
///
/// A filter that cannot apply is told among `problems`, a card's at the card, and is not applied.
#[utoipa::path(
    post, path = "/api/v1/datasets/count", operation_id = "countDataset", tag = "datasets",
    request_body = Question,
    responses((status = 200, description = "Participants and rows that are left.", body = CountReport), WriteRefusals),
)]
async fn count(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(question): Sent<Question>,
) -> Result<Json<CountReport>, Refusal> {
    let study = asker.workspace(&shared.app)?.study().await?;
    let spec = question.of(&study)?;
    let workbench = &shared.app.workbench;
    let counted = workbench.count(&study, &spec.filters, &spec.selection);
    Ok(Json(counted.await?))
}

/// A merged result.
#[derive(Debug, Serialize, ToSchema)]
struct Dataset {
    /// Who shares it; `null` for one's own.
    owner: Option<String>,
    #[serde(flatten)]
    result: ResultInfo,
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
async fn found(shared: &Shared, asker: &Asker, id: &str) -> Result<Dataset, Refusal> {
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

/// Rows of a merged result, sorted and filtered, page by page
#[utoipa::path(
    get, path = "/api/v1/datasets/{id}/rows", operation_id = "datasetRows", tag = "datasets",
    params(("id" = String, Path, description = "The result."), Place, View),
    responses((status = 200, description = "Some rows.", body = Rows), NotFound, Refusals),
)]
async fn rows(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
    Asked(view): Asked<View>,
) -> Result<Json<Rows>, Refusal> {
    let (offset, limit) = place.checked()?;
    let result = found(&shared, &asker, &id).await?.result;
    let request = PageRequest {
        offset,
        limit,
        ..view.request(&result.columns)?
    };
    let page = shared.app.workbench.page(&result, &request).await?;
    let columns = result.columns.into_iter().map(|column| column.name);
    Ok(Json(Rows::of(columns, page)))
}

/// A merged result as a file, sorted and filtered
#[utoipa::path(
    get, path = "/api/v1/datasets/{id}/file", operation_id = "downloadDataset", tag = "datasets",
    params(("id" = String, Path, description = "The result."), AsFile, View),
    responses(
        (status = 200, description = "The result, streamed.", content((String = "text/csv"), (String = "application/vnd.apache.parquet"))),
        NotFound, Refusals,
    ),
)]
async fn file(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(AsFile { format }): Asked<AsFile>,
    Asked(view): Asked<View>,
) -> Result<Response, Refusal> {
    let format = ExportFormat::from(format);
    let result = found(&shared, &asker, &id).await?.result;
    let kind = match format {
        ExportFormat::Csv => CSV,
        ExportFormat::Parquet => {
            parquet_is_on(&shared, &asker).await?;
            PARQUET
        }
    };
    let request = view.request(&result.columns)?;
    let workbench = &shared.app.workbench;
    // What is wrong with a filter is said before the first byte.
    workbench.page(&result, &request).await?;
    let name = export_name(&result, format, shared.door.clock.now().0);
    let rows = workbench.export(&result, format, &request)?;
    Ok(attachment(rows, kind, &name))
}
