//! `GET /api/v1/openapi.json`: what programs may ask for, as OpenAPI 3.1. Written by hand; a test compares its paths and methods
//! with the router's.

use axum::{Router, http::header, response::IntoResponse, routing::get};

use super::Shared;

const DESCRIPTION: &str = include_str!("openapi.json");

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/api/v1/openapi.json", get(describe))
}

async fn describe() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION)
}
