//! How much may be sent in one request: a server function's body is read whole, within a bound, before it is parsed, and so is
//! what programs send as JSON.
//!
//! What is sent becomes a state, so the bound follows `state.data_bytes`: a text that a state may hold can be saved, whichever
//! way it comes.

use app::AppError;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::Extensions,
    middleware::Next,
    response::{IntoResponse, Response},
};
use holdfast::Limits;

use super::Refusal;

/// What comes with a text: the name of a file, a session, the other fields.
const BESIDE: u64 = 64 << 10;

/// The bytes of one request, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MostBytes(pub(crate) usize);

impl MostBytes {
    /// For states of so many bytes. A content that is escaped once as a JSON string, or written in letters like `\u00e9`, is
    /// longer than what is kept of it: three quarters more are room enough. A smaller setting makes nothing else smaller.
    pub(crate) fn of(data_bytes: u64) -> Self {
        let least = Limits::default().data_bytes;
        let data = data_bytes.clamp(least, Limits::MAX_DATA_BYTES);
        let most = data + data / 4 * 3 + BESIDE;
        Self(usize::try_from(most).unwrap_or(usize::MAX))
    }

    /// What holds for this request.
    pub(crate) fn within(extensions: &Extensions) -> Self {
        let told = extensions.get::<Self>().copied();
        told.unwrap_or_else(|| Self::of(0))
    }

    /// Said to whoever sent more.
    pub(crate) fn refusal(self) -> AppError {
        AppError::TooLarge(format!(
            "This is more than {} bytes in one request.",
            self.0
        ))
    }
}

/// Refuses a longer body with a typed error.
pub(crate) async fn limited(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let most = MostBytes::within(&parts.extensions);
    match to_bytes(body, most.0).await {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(error) if is_too_long(&error) => Refusal(most.refusal()).into_response(),
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
