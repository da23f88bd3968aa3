//! What programs may ask for, as OpenAPI 3.1: `GET /api/v1/openapi.json`, collected from the code of all areas when the
//! server starts, and `holdfast openapi`, for who has no server at hand. The client in `clients/typescript` is made of it.
//!
//! An area adds itself with what stands at its handlers, and nothing else has to be told:
//!
//! ```text
//! pub(super) fn routes() -> OpenApiRouter<Shared> {             // merged in `api::routes`
//!     OpenApiRouter::default()                                  // not `new`: it would bring another title
//!         .routes(routes!(list, register))                      // one call a path, with all its methods
//! }
//!
//! /// The first line is the summary.
//! ///
//! /// What follows is the description.
//! #[utoipa::path(
//!     post, path = "/api/v1/states", operation_id = "registerState", tag = "states",
//!     params(Place),                                            // `IntoParams`, with `parameter_in = Query`
//!     request_body = Order,                                     // `ToSchema`; told here, as `Sent` is our own extractor
//!     responses((status = 201, description = "The state.", body = Told), WriteRefusals, NotFound),
//! )]
//! async fn register(..) -> Result<Response, Refusal>
//! ```
//!
//! What is refused is shared by all of them (`responses`): `Refusals` for reading, `WriteRefusals` for everything else, and
//! by itself `NotFound`, `Stale`, `Locked`, `TooMany`. Parameters that several have are in `parameters`. Every POST is told to take
//! an `Idempotency-Key`, as every POST does (`once`). An address that anybody may ask has `security(())`. The name of a schema is
//! the type's, without its module: where two areas have a `Content`, one says `#[schema(as = ConfigurationContent)]`.

mod parameters;
mod responses;

use std::collections::BTreeMap;

use axum::{Extension, http::header, response::IntoResponse};
use bytes::Bytes;
use utoipa::{
    IntoParams, IntoResponses, Modify, OpenApi,
    openapi::{
        OpenApi as Description, PathItem, RefOr,
        path::{Operation, Parameter},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::{parameters::IdempotencyKey, responses::OncePerKey};
pub(super) use self::{
    parameters::{
        BaseVersion, FileName, Id, IfMatch, IfNoneMatch, LastEventId, LockToken, Merging, Name,
        SessionId, one_of,
    },
    responses::{
        Locked, NotFound, Overtaken, Refusals, Stale, TooMany, UpgradeRequired, WriteRefusals,
    },
};
use super::Shared;
use crate::web::Problem;

/// The description as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Described(Bytes);

/// What all areas are merged into.
pub(super) fn ground() -> Description {
    Ground::openapi()
}

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(describe))
}

/// Adds what all areas have in common, and leaves out what is there twice.
pub(super) fn complete(description: &mut Description) {
    for item in description.paths.paths.values_mut() {
        let PathItem {
            get,
            put,
            post,
            delete,
            patch,
            ..
        } = item;
        let all = [get, put, post, delete, patch];
        all.into_iter().flatten().for_each(told_once);
    }
    let posts = description.paths.paths.values_mut();
    for post in posts.filter_map(|item| item.post.as_mut()) {
        let key = IdempotencyKey::into_params(|| None);
        post.parameters
            .get_or_insert_default()
            .extend(key.into_iter().map(RefOr::T));
        for (status, refusal) in OncePerKey::responses() {
            post.responses.responses.entry(status).or_insert(refusal);
        }
    }
}

/// What is read off a handler's `Path` gives way to what was told of the same parameter.
fn told_once(operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let place = |it: &Parameter| (it.parameter_in.clone(), it.name.clone());
    let told: Vec<_> = parameters
        .iter()
        .filter_map(|it| match it {
            RefOr::T(it) if it.description.is_some() => Some(place(it)),
            _ => None,
        })
        .collect();
    parameters.retain(|it| match it {
        RefOr::T(it) => it.description.is_some() || !told.contains(&place(it)),
        RefOr::Ref(_) => true,
    });
}

impl Described {
    pub(super) fn of(description: &Description) -> Self {
        Self(description.to_json().unwrap_or_default().into())
    }
}

/// This description
#[utoipa::path(
    get, path = "/api/v1/openapi.json", operation_id = "describe", tag = "description", security(()),
    responses((status = 200, description = "This description.", body = Object, content_type = "application/json"), TooMany),
)]
async fn describe(Extension(Described(text)): Extension<Described>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text)
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Holdfast",
        version = "1",
        description = "Tables, cohorts, plots, runs and their comparison, configurations that several people and programs edit, states, live \
                       news, sharing, backups, the Monitor and the audit. \
                       Refusals are `application/problem+json` (RFC 9457): `error` is a word for programs, `detail` says what \
                       is wrong and what to do. docs/OPERATIONS.md has the live socket's messages.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/")),
    security(("token" = []), ("session" = [])),
    components(schemas(Problem)),
    modifiers(&Ground),
)]
struct Ground;

impl Modify for Ground {
    fn modify(&self, description: &mut Description) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token from the Account page: `hf_pat_...`."))
            .build();
        let session = ApiKeyValue::with_description(
            "holdfast",
            "A browser's session, together with this server's `Origin`; `__Host-holdfast` over https.",
        );
        let components = description.components.get_or_insert_default();
        components.responses = responses::all();
        components.security_schemes = BTreeMap::from([
            ("token".into(), SecurityScheme::Http(token).into()),
            (
                "session".into(),
                SecurityScheme::ApiKey(ApiKey::Cookie(session)).into(),
            ),
        ]);
    }
}
