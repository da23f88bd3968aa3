//! Webhooks for programs: the endpoints of one's own workspace, as the page has them.
//!
//! - `endpoints` are made and changed, `told` is how one is told; `secrets` are what messages are signed with
//! - `sent` is what was sent to one

mod endpoints;
mod secrets;
mod sent;
mod told;

use app::{
    AppError,
    webhooks::{self, Hook},
};
use axum::response::Response;
use holdfast::{Actor, Scope, StateId};
use utoipa_axum::router::OpenApiRouter;

use self::told::Endpoint;
use super::{Asker, Shared, matched};
use crate::web::Refusal;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .merge(endpoints::routes())
        .merge(secrets::routes())
        .merge(sent::routes())
}

/// The endpoint as the program saw it, or its refusal.
async fn seen(
    shared: &Shared,
    asker: &Asker,
    id: &StateId,
) -> Result<Result<Hook, Response>, Refusal> {
    let (hook, _) = webhooks::one(&asker.caller(shared), id).await?;
    let tag = hook.version.to_string();
    let refused = matched::unmet(&asker.headers, &tag, &Endpoint::from(hook.clone()))?;
    Ok(refused.map_or(Ok(hook), Err))
}

/// In whose workspace, and in whose name.
fn writer(asker: &Asker) -> Result<(Scope, Actor), AppError> {
    let (scope, actor) = (asker.visitor.scope(), asker.visitor.actor(None));
    scope.zip(actor).ok_or(AppError::NoSession)
}
