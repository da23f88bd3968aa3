//! The Monitor for programs: `GET /api/v1/monitor`, what the page shows, in numbers. For whoever administers the server; the
//! counters alone are at `/metrics`, and backups are in an area of their own.

mod lists;
mod told;

use app::monitor;
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::told::Told;
use super::{Asker, Shared, asked::Asked, backups, openapi::Refusals};
use crate::web::Refusal;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(watch))
}

/// How far to look back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Span {
    /// Minutes of samples: every few seconds for the last hour, coarser for the last day.
    #[param(required = false, minimum = 1, maximum = 1440, default = json!(60))]
    #[serde(default = "hour")]
    minutes: u32,
}

fn hour() -> u32 {
    60
}

/// How the server fares
///
/// What it does at the moment and did lately, what is in memory, the newest changes, and what should be done about it. For
/// administrators.
#[utoipa::path(
    get, path = "/api/v1/monitor", operation_id = "watchServer", tag = "administration", params(Span),
    responses((status = 200, description = "How it fares.", body = Told), Refusals),
)]
async fn watch(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(Span { minutes }): Asked<Span>,
) -> Result<Json<Told>, Refusal> {
    let reading = monitor::read(&asker.caller(&shared), minutes).await?;
    let reading = reading.ok_or_else(backups::not_allowed)?;
    Ok(Json(reading.into()))
}
