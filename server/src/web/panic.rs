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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[tokio::test]
    async fn who_meets_a_panic_gets_a_reference_and_not_its_message() {
        let response = panicked(Box::new("the secret is 7".to_owned()));
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        let text = String::from_utf8(body.unwrap().to_vec()).unwrap();
        assert!(text.contains("\"error\":\"internal\""), "{text}");
        assert!(
            text.contains("reference") && !text.contains("secret"),
            "{text}"
        );
    }
}
