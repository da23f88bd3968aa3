//! What others share with one, as they have it now, and taking a copy. A shared run and a shared result are read in their own
//! areas, under their ids.

use app::sharing::{Item, Mark, answers};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use workbench::{
    data::TableInfo,
    query::{ResultInfo, SavedQuery},
    simulation::RunInfo,
};

use crate::{
    api::{
        Asker, Shared,
        openapi::{NotFound, Refusals, WriteRefusals},
    },
    web::Refusal,
};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(copy))
}

/// Something that somebody shares.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedWithMe)]
struct Lent {
    /// The share.
    id: String,
    /// Whose it is.
    owner: String,
    /// Whether one may keep a copy.
    may_copy: bool,
    /// What it is, as its owner has it now.
    #[serde(flatten)]
    is: Content,
}

/// What is shared.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "what", rename_all = "lowercase")]
#[schema(as = SharedContent)]
enum Content {
    /// A saved query.
    Query {
        /// The query.
        query: Box<SavedQuery>,
    },
    /// A table.
    Table {
        /// Its columns with types, ranges and missing values.
        table: Box<TableInfo>,
    },
    /// A merged result: `/api/v1/datasets/{id}` has it.
    Result {
        /// The result's id.
        dataset: String,
        /// Its rows.
        rows: u64,
        /// Its columns.
        columns: Vec<String>,
    },
    /// A run: `/api/v1/runs/{id}` has it.
    Run {
        /// The run's id.
        run: String,
        /// What it is called.
        name: String,
        /// The protocol's name.
        protocol_name: String,
        /// Patients ordered.
        patients: u32,
        /// In years of 365.25 days.
        years: f64,
    },
}

impl From<(Mark, Item)> for Lent {
    fn from((mark, item): (Mark, Item)) -> Self {
        Self {
            id: mark.share,
            owner: mark.owner,
            may_copy: mark.may_copy,
            is: match item {
                Item::Query(query) => Content::Query { query },
                Item::Table(table) => Content::Table { table },
                Item::Result(result) => Content::of_result(*result),
                Item::Run(run) => Content::of_run(*run),
            },
        }
    }
}

impl Content {
    fn of_result(result: ResultInfo) -> Self {
        let columns = result.columns.into_iter().map(|column| column.name);
        Self::Result {
            dataset: result.id,
            rows: result.row_count,
            columns: columns.collect(),
        }
    }

    fn of_run(run: RunInfo) -> Self {
        Self::Run {
            run: run.id,
            name: run.name,
            protocol_name: run.protocol_name,
            patients: run.patients,
            years: run.duration_years,
        }
    }
}

/// What others share.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedWithMeList)]
struct Shares {
    /// What is still there of it.
    shared: Vec<Lent>,
}

/// What others share with one
///
/// Queries, tables, merged results and runs of people of the tenant, with whose they are. For who has no account there is
/// nothing.
#[utoipa::path(
    get, path = "/api/v1/shared", operation_id = "listShared", tag = "sharing",
    responses((status = 200, description = "What is shared.", body = Shares), Refusals),
)]
async fn list(State(shared): State<Shared>, asker: Asker) -> Result<Json<Shares>, Refusal> {
    // Who is nobody is told so, and a guest that there is nothing.
    asker.workspace(&shared.app)?;
    let found = answers::of_others(&asker.caller(&shared), |_| true).await?;
    Ok(Json(Shares {
        shared: found.into_iter().map(Lent::from).collect(),
    }))
}

/// A copy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedCopy)]
struct Copied {
    /// What it is called among one's own.
    name: String,
}

/// Makes a copy of what somebody shares one's own
///
/// A query is kept, a table or a result becomes a table, a run is simulated again: the same order gives the same run.
#[utoipa::path(
    post, path = "/api/v1/shared/{id}/copy", operation_id = "copyShared", tag = "sharing",
    params(("id" = String, Path, description = "The share.")),
    responses((status = 201, description = "The copy.", body = Copied), NotFound, WriteRefusals),
)]
async fn copy(
    State(shared): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Copied>), Refusal> {
    let name = answers::copy(&asker.caller(&shared), &id).await?;
    Ok((StatusCode::CREATED, Json(Copied { name })))
}
