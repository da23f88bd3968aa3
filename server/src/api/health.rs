//! `GET /health`: whether the server can read its states, and how it fares. `/health/live` says that the process answers,
//! `/health/ready` that requests may be sent to it: not while the backend is away, and not any more once it is asked to stop.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use holdfast::backend::CacheCounts;
use serde::Serialize;
use serde_json::json;

use super::Shared;
use crate::web::Refusal;

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    /// States that are not deleted, and their bytes.
    state_count: u64,
    state_bytes: u64,
    /// Place in the log of the newest change.
    revision: u64,
    /// Of the reads that a cache could have answered, the share that it did; null without a cache or a read.
    cache_hit_rate: Option<f64>,
    /// Since the start.
    reads: u64,
    writes: u64,
    refusals: u64,
    conflicts: u64,
    rejections: u64,
    timeouts: u64,
    failures: u64,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/health", get(health)).merge(probes())
}

/// For what starts servers and spreads requests over them.
pub(super) fn probes() -> Router<Shared> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
}

async fn live() -> Json<serde_json::Value> {
    Json(json!({ "status": "live" }))
}

async fn ready(State(shared): State<Shared>) -> Response {
    let unready = |why: String| {
        let told = Json(json!({ "status": "not ready", "why": why }));
        (StatusCode::SERVICE_UNAVAILABLE, told).into_response()
    };
    if shared.draining.is_cancelled() {
        return unready("the server is about to stop".into());
    }
    match shared.app.manager.revision().await {
        Ok(_) => Json(json!({ "status": "ready" })).into_response(),
        Err(error) => unready(error.to_string()),
    }
}

async fn health(State(shared): State<Shared>) -> Result<Json<Health>, Refusal> {
    let states = &shared.app.manager;
    let held = states.held().await?;
    let revision = states.revision().await?;
    let counts = states.counts();
    Ok(Json(Health {
        status: "healthy",
        state_count: held.states,
        state_bytes: held.bytes,
        revision: revision.0,
        cache_hit_rate: shared
            .cache
            .as_ref()
            .and_then(|cache| hit_rate(cache.counts())),
        reads: counts.reads,
        writes: counts.writes,
        refusals: counts.refusals,
        conflicts: counts.conflicts,
        rejections: counts.rejections,
        timeouts: counts.timeouts,
        failures: counts.failures,
    }))
}

fn hit_rate(counts: CacheCounts) -> Option<f64> {
    let reads = counts.hits + counts.misses;
    (reads > 0).then(|| counts.hits as f64 / reads as f64)
}
