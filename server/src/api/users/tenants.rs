//! Tenants: the organisations on this server, for whoever administers all of it. Who is in which is said of the account
//! (`accounts`).

use app::{account_answers as answers, people::Tenant as Organisation};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::{
        Asker, Shared,
        asked::Sent,
        openapi::{Refusals, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(list, make))
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
struct Tenant {
    /// Its name.
    name: String,
    /// Whether it was there first: its administrators are those of the whole server.
    is_first: bool,
}

impl From<Organisation> for Tenant {
    fn from(tenant: Organisation) -> Self {
        Self {
            is_first: tenant.is_first(),
            name: tenant.into(),
        }
    }
}

/// The organisations.
#[derive(Debug, Serialize, ToSchema)]
struct Tenants {
    /// The first one first; 200 at most.
    tenants: Vec<Tenant>,
}

/// The tenants of this server
///
/// For administrators of the whole server.
#[utoipa::path(
    get, path = "/api/v1/tenants", operation_id = "listTenants", tag = "users",
    responses((status = 200, description = "The tenants.", body = Tenants), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Tenants>, Refusal> {
    let tenants = answers::tenants(&asker.caller(&shared)).await?;
    Ok(Json(Tenants {
        tenants: tenants.into_iter().map(Tenant::from).collect(),
    }))
}

/// A tenant to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TenantOrder)]
struct Order {
    /// Its name.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]*$", example = "lab-2")]
    name: String,
}

/// Makes a tenant
///
/// With the flags that every tenant has. That it is there already is no problem. For administrators of the whole server who
/// are logged in; a token cannot.
#[utoipa::path(
    post, path = "/api/v1/tenants", operation_id = "makeTenant", tag = "users",
    request_body = Order,
    responses((status = 201, description = "The tenant.", body = Tenant), WriteRefusals),
)]
async fn make(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(order): Sent<Order>,
) -> Result<(StatusCode, Json<Tenant>), Refusal> {
    let made = answers::make_tenant(&asker.caller(&shared), &order.name).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
