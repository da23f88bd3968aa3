//! `POST /session`: a browser's first word. Its tabs come one after the other, under a lock.

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::post};

use super::{Asker, Shared, with_cookie};
use crate::{sessions::name, web::Refusal};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/session", post(open))
}

/// 204 either way; with a cookie only where there was no session.
async fn open(State(shared): State<Shared>, asker: Asker) -> Result<Response, Refusal> {
    if asker.visitor.session.is_some() {
        return Ok(with_cookie(None, StatusCode::NO_CONTENT));
    }
    let opened = shared.door.open(&shared.app, asker.address).await?;
    tracing::debug!(
        session = name(opened.visitor.session.as_ref()),
        "session opened"
    );
    Ok(with_cookie(Some(opened.cookie), StatusCode::NO_CONTENT))
}
