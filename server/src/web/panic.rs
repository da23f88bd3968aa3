//! A handler that panicked: the person gets a reference, the log the message.

use std::any::Any;

use app::AppError;
use axum::response::{IntoResponse, Response};

use super::Refusal;

/// Answers for it.
pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Refusal(AppError::internal(format_args!("panic: {message}"))).into_response()
}
