//! Inviting somebody: a link that makes an account with a role.

use app::account_answers as answers;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::types::Rank;
use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        matched,
        openapi::{NotFound, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(invite))
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InvitationOrder)]
struct Invited {
    /// What they will be allowed to do.
    role: Rank,
    /// The organisation they will belong to; the caller's without it.
    #[serde(default)]
    tenant: Option<String>,
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
struct Invitation {
    /// The path of the link on this server. It is told this once, is good once, and for a week.
    link: String,
}

/// Invites somebody
///
/// For administrators who are logged in; a token cannot. Whoever opens the link makes an account with the role.
#[utoipa::path(
    post, path = "/api/v1/invitations", operation_id = "invite", tag = "users",
    request_body = Invited,
    responses((status = 201, description = "The invitation.", body = Invitation), NotFound, WriteRefusals),
)]
async fn invite(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(Invited { role, tenant }): Sent<Invited>,
) -> Result<Response, Refusal> {
    let link = answers::invite(&asker.caller(&shared), role.into(), tenant).await?;
    let made = Invitation { link };
    Ok(matched::told_once(StatusCode::CREATED, &made))
}
