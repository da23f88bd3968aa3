//! The rows inside a part of the plot, as a file.

use app::AppError;
use axum::{Router, extract::State, response::Response, routing::get};
use serde::Deserialize;
use workbench::query::{ExportFormat, export_name};

use super::{
    Asker, Shared,
    asked::Asked,
    query::{CSV, attachment, from_json},
};
use crate::web::Refusal;

/// Which result, what is drawn, and which part of it (both as JSON).
#[derive(Debug, Deserialize)]
struct Download {
    id: String,
    spec: String,
    region: String,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/plot/selection.csv", get(selection))
}

async fn selection(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(what): Asked<Download>,
) -> Result<Response, Refusal> {
    let result = asker.workspace(&shared.app)?.kept_result(&what.id).await?;
    let missing = |name: &str| AppError::BadRequest(format!("`{name}` is missing."));
    let spec = from_json("spec", Some(&what.spec))?.ok_or_else(|| missing("spec"))?;
    let region = from_json("region", Some(&what.region))?.ok_or_else(|| missing("region"))?;
    let rows = shared
        .app
        .workbench
        .export_selection(&result, &spec, &region);
    let name = export_name(&result, ExportFormat::Csv, shared.door.clock.now().0);
    Ok(attachment(rows, CSV, &format!("selection_{name}")))
}
