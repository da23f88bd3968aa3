//! How much a server function may be sent: read whole, within a bound, before it is parsed.

use app::AppError;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Refusal;

/// A store's content of 1 MiB, escaped once as a JSON string, and what comes with it.
const MAX_BYTES: usize = (1 << 20) + (1 << 18);

/// Refuses a longer body with a typed error.
pub(crate) async fn limited(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match to_bytes(body, MAX_BYTES).await {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(error) if is_too_long(&error) => {
            let problem = format!("This is more than {MAX_BYTES} bytes in one request.");
            Refusal(AppError::TooLarge(problem)).into_response()
        }
        Err(_) => Refusal(AppError::BadRequest("The request broke off.".into())).into_response(),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
