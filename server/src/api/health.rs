//! `GET /health`: whether the server can read its states.

use axum::{Json, Router, extract::State, routing::get};
use serde::Serialize;

use super::Shared;
use crate::web::Refusal;

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    /// Place in the log of the newest change.
    revision: u64,
    /// Since the start.
    reads: u64,
    writes: u64,
    conflicts: u64,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/health", get(health))
}

async fn health(State(shared): State<Shared>) -> Result<Json<Health>, Refusal> {
    let revision = shared.app.manager.revision().await?;
    let counts = shared.app.manager.counts();
    Ok(Json(Health {
        status: "healthy",
        revision: revision.0,
        reads: counts.reads,
        writes: counts.writes,
        conflicts: counts.conflicts,
    }))
}
