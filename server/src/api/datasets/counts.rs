//! What can be asked of one's tables, and the live count of a question.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::query::{CountReport, FilterOptions, default_selection};

use super::Question;
use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        openapi::{Refusals, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(options))
        .routes(routes!(count))
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
