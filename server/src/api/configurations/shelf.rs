//! What becomes of a file as a whole: a copy, another name. And whether a text is right before it is saved.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::configurations::Checked;

use super::{
    Asker, Content, Sent, Shared, at_desk, saved, seen,
    told::{CheckedShape, Kept},
};
use crate::{
    api::openapi::{FileName, IfMatch, Locked, Name, NotFound, Refusals, Stale, WriteRefusals},
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(check))
        .routes(routes!(copy))
        .routes(routes!(rename))
}

/// Whether a text is right
///
/// Nothing is saved. By the rules of its format, and by the schema that it or the folder names.
#[utoipa::path(
    post, path = "/api/v1/configurations/{name}/check", operation_id = "checkConfiguration", tag = "configurations",
    params(Name), request_body = Content,
    responses((status = 200, description = "What is wrong with it, and its entries.", body = CheckedShape), Refusals),
)]
async fn check(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Sent(Content { content }): Sent<Content>,
) -> Result<Json<Checked>, Refusal> {
    let (desk, _) = at_desk(&shared, &asker)?;
    Ok(Json(desk.check(&name, content).await?))
}

/// The name that a file is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewName)]
struct To {
    #[schema(value_type = FileName, inline)]
    to: String,
}

/// Copy a file
#[utoipa::path(
    post, path = "/api/v1/configurations/{name}/copy", operation_id = "copyConfiguration", tag = "configurations",
    params(Name), request_body = To,
    responses(
        (status = 201, description = "The copy.", body = Kept, headers(("ETag" = String, description = "Its version, in quotes."))),
        WriteRefusals, NotFound,
    ),
)]
async fn copy(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Sent(To { to }): Sent<To>,
) -> Result<(StatusCode, Response), Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    let copied = desk.copy(&who, &name, &to).await?;
    Ok((StatusCode::CREATED, saved(&copied)?))
}

/// Give a file another name
///
/// Its versions stay with the old name, from which they can be brought back.
#[utoipa::path(
    post, path = "/api/v1/configurations/{name}/rename", operation_id = "renameConfiguration", tag = "configurations",
    params(Name, IfMatch), request_body = To,
    responses(
        (status = 200, description = "It has the other name.", body = Kept, headers(("ETag" = String, description = "Its version, in quotes."))),
        WriteRefusals, NotFound, Stale, Locked,
    ),
)]
async fn rename(
    State(shared): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Sent(To { to }): Sent<To>,
) -> Result<Response, Refusal> {
    let (desk, who) = at_desk(&shared, &asker)?;
    match seen(&desk, &asker, &name).await? {
        Ok(side) => saved(&desk.rename(&who, &name, &to, side.version).await?),
        Err(stale) => Ok(stale),
    }
}
