//! How a refusal looks: typed JSON for a script, one plain page for a person without scripts.

use app::AppError;
use axum::{
    Json,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use workbench::configurations::desk::DeskError;

/// An [`AppError`] as JSON, under its status.
pub(crate) struct Refusal(pub(crate) AppError);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0.status(), Json(self.0)).into_response()
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl From<workbench::Error> for Refusal {
    fn from(error: workbench::Error) -> Self {
        Self(error.into())
    }
}

impl From<DeskError> for Refusal {
    fn from(error: DeskError) -> Self {
        Self(error.into())
    }
}

impl From<holdfast::Error> for Refusal {
    fn from(error: holdfast::Error) -> Self {
        Self(error.into())
    }
}

/// An address below `/api` that no server function has.
pub(crate) async fn not_found() -> Refusal {
    Refusal(AppError::NotFound("There is no such function.".into()))
}

/// What went wrong with a plain form, as a page of its own: it needs no script, keeps nothing on
/// the server, and its text cannot come from a link.
pub(crate) struct Problems {
    pub(crate) status: StatusCode,
    /// One sentence each.
    pub(crate) sentences: Vec<String>,
    /// Where the form was.
    pub(crate) back: &'static str,
    /// The stylesheet's path.
    pub(crate) stylesheet: String,
}

impl IntoResponse for Problems {
    fn into_response(self) -> Response {
        let items: String = self
            .sentences
            .iter()
            .map(|text| format!("<li>{}</li>", escape(text)))
            .collect();
        let page = format!(
            "<!DOCTYPE html><html lang=\"en\" data-theme=\"holdfast-light\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>Not everything went through · Holdfast</title><link rel=\"stylesheet\" href=\"{}\"><link rel=\"icon\" href=\"/favicon.svg\"></head>\
             <body><main class=\"m-auto max-w-lg p-6\"><h1 class=\"hf-title\">Not everything went through</h1>\
             <ul class=\"my-4\">{items}</ul><a class=\"btn btn-sm btn-primary\" href=\"{}\">Go back</a></main></body></html>",
            escape(&self.stylesheet),
            self.back,
        );
        (self.status, Html(page)).into_response()
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[tokio::test]
    async fn a_problem_page_shows_a_file_name_as_text() {
        let problems = Problems {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            sentences: vec!["<script>alert(1)</script>.csv: empty".into()],
            back: "/data",
            stylesheet: "/pkg/a.css".into(),
        };
        let body = axum::body::to_bytes(problems.into_response().into_body(), 10_000)
            .await
            .unwrap();
        let page = String::from_utf8(body.to_vec()).unwrap();
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;.csv: empty"));
        assert!(!page.contains("<script>"));
    }
}
