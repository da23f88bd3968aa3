//! Loads what a page starts from, before it is rendered. Reads only.

use std::sync::Arc;

use app::{AppState, Visitor, load_boot};
use axum::{
    Extension,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Refusal, preferences};

/// Puts the snapshot into the request of a page.
pub(crate) async fn boot(
    State(state): State<AppState>,
    visitor: Option<Extension<Visitor>>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = visitor
        .map(|Extension(visitor)| visitor)
        .unwrap_or_default();
    match load_boot(&state, &visitor, preferences(request.headers())).await {
        Ok(boot) => {
            request.extensions_mut().insert(Arc::new(boot));
            next.run(request).await
        }
        Err(error) => Refusal(error).into_response(),
    }
}
