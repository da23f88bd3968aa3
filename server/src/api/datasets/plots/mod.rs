//! Plots of a merged result: the figures of a picture and the statistics beside it, as the Plot page draws and tells them, and
//! the rows inside a part of it.
//!
//! A question comes as a body, because it is one of many parts; nothing is kept of it.

mod drawing;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::{
    plot::{PlotData, PlotSpec},
    query::{ExportFormat, PageRequest, export_name},
};

use self::drawing::{Area, Drawing};
use super::{
    results::found,
    rows::{Place, Rows, View},
};
use crate::{
    api::{
        Asker, Shared,
        asked::{Asked, Sent},
        openapi::{NotFound, WriteRefusals},
        query::{CSV, attachment},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(plot))
        .routes(routes!(select))
        .routes(routes!(file))
}

/// A merged result as a plot, with its statistics
///
/// The numbers of the Plot page: points, bins, groups or cells, and fits, tests and an analysis of variance beside them. All
/// are in the columns' own units.
#[utoipa::path(
    post, path = "/api/v1/datasets/{id}/plot", operation_id = "plotDataset", tag = "datasets",
    params(("id" = String, Path, description = "The result.")),
    request_body = Drawing,
    responses((status = 200, description = "What is drawn, and what is said beside it.", body = PlotData), NotFound, WriteRefusals),
)]
async fn plot(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(drawing): Sent<Drawing>,
) -> Result<Json<PlotData>, Refusal> {
    let result = found(&shared, &asker, &id).await?.result;
    let spec = drawing.spec()?;
    Ok(Json(shared.app.workbench.plot(&result, &spec).await?))
}

/// A part of a plot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlotSelection)]
struct Picked {
    /// The plot.
    plot: Drawing,
    /// Which part of it.
    region: Area,
}

impl Picked {
    fn parts(self) -> Result<(PlotSpec, workbench::plot::Region), Refusal> {
        Ok((self.plot.spec()?, self.region.into()))
    }
}

/// The rows inside a part of a plot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlotSelected)]
struct Selected {
    /// Points inside, drawn or not.
    points: u64,
    /// Their participants.
    participants: u64,
    /// Mean of the horizontal column inside; `null` where that is no number.
    #[schema(required = true)]
    mean_x: Option<f64>,
    /// Mean of the vertical column inside.
    #[schema(required = true)]
    mean_y: Option<f64>,
    #[serde(flatten)]
    rows: Rows,
}

/// The rows inside a part of a plot, sorted and filtered, page by page
#[utoipa::path(
    post, path = "/api/v1/datasets/{id}/plot/selection", operation_id = "selectFromPlot", tag = "datasets",
    params(("id" = String, Path, description = "The result."), Place, View),
    request_body = Picked,
    responses((status = 200, description = "How much is inside, and some of its rows.", body = Selected), NotFound, WriteRefusals),
)]
async fn select(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
    Asked(view): Asked<View>,
    Sent(picked): Sent<Picked>,
) -> Result<Json<Selected>, Refusal> {
    let (offset, limit) = place.checked()?;
    let result = found(&shared, &asker, &id).await?.result;
    let (spec, region) = picked.parts()?;
    let request = PageRequest {
        offset,
        limit,
        ..view.request(&result.columns)?
    };
    let bench = &shared.app.workbench;
    let inside = bench.select(&result, &spec, &region, &request).await?;
    let columns = result.columns.into_iter().map(|column| column.name);
    Ok(Json(Selected {
        points: inside.points,
        participants: inside.participants,
        mean_x: inside.mean_x,
        mean_y: inside.mean_y,
        rows: Rows::of(columns, inside.page),
    }))
}

/// The rows inside a part of a plot as CSV, with all columns
#[utoipa::path(
    post, path = "/api/v1/datasets/{id}/plot/selection/file", operation_id = "downloadFromPlot", tag = "datasets",
    params(("id" = String, Path, description = "The result.")),
    request_body = Picked,
    responses(
        (status = 200, description = "The rows in the result's order, streamed.", body = String, content_type = "text/csv"),
        NotFound, WriteRefusals,
    ),
)]
async fn file(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Sent(picked): Sent<Picked>,
) -> Result<Response, Refusal> {
    let result = found(&shared, &asker, &id).await?.result;
    let (spec, region) = picked.parts()?;
    let bench = &shared.app.workbench;
    // What does not fit is said before the first byte.
    let nothing = PageRequest::default();
    bench.select(&result, &spec, &region, &nothing).await?;
    let rows = bench.export_selection(&result, &spec, &region);
    let name = export_name(&result, ExportFormat::Csv, shared.door.clock.now().0);
    Ok(attachment(rows, CSV, &format!("selection_{name}")))
}
