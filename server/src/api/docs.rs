//! `GET /api/v1/docs`: the description of the API as a page, with Swagger UI out of the built site. Its policy lets scripts
//! and styles come from here only, as everywhere. Below it stands what each kind of refusal means: their `type` leads there.

use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Shared, openapi::TooMany};
use crate::web::KINDS;

/// The bundle in the site.
const BUNDLE: &str = "explorer";
/// `style-src-attr`: Swagger UI places some things by `style`, as the pages do.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(page))
}

/// This description, as a page to read and try
#[utoipa::path(
    get, path = "/api/v1/docs", operation_id = "docs", tag = "description", security(()),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), TooMany),
)]
async fn page(State(shared): State<Shared>) -> Response {
    let script = shared.app.assets.bundles.get(BUNDLE);
    // The address of a file of the site: letters, digits, `/`, `.`.
    let script = script.map_or_else(String::new, |script| {
        format!("<script type=\"module\" src=\"{script}\"></script>")
    });
    let kinds: String = KINDS
        .iter()
        .map(|(word, title, meaning)| {
            format!("<dt id=\"{word}\"><code>{word}</code> {title}</dt><dd>{meaning}</dd>")
        })
        .collect();
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>API · Holdfast</title>\
         <link rel=\"icon\" href=\"/favicon.svg\">{script}</head>\
         <body><main id=\"explorer\" data-description=\"/api/v1/openapi.json\">\
         <h1>The API of this server</h1><p><a href=\"/api/v1/openapi.json\">Its description</a> as OpenAPI 3.1. \
         With scripts, and once the site is built, it can be read and tried here.</p></main>\
         <section><h2>Refusals</h2><dl>{kinds}</dl></section></body></html>"
    );
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page)).into_response()
}
