//! `POST /api/v1/runs/bulk`: several of one's own runs are changed at once, all of them or none, in one transaction of the
//! engine.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use workbench::simulation::runs::{MAX_TOGETHER, Together};

use super::{
    Asker, Shared, by, invalid,
    refused::{Refused, called},
    types::Tag,
};
use crate::api::{
    asked::Sent,
    openapi::{NotFound, WriteRefusals},
};

/// What is to be done with which runs. Whoever deletes them, or brings them back, changes nothing else about them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RunsChange)]
pub(super) struct Bulk {
    /// The runs.
    #[schema(min_items = 1, max_items = 1000)]
    ids: Vec<String>,
    /// Tags that they get.
    #[serde(default)]
    #[schema(max_items = 50)]
    add_tags: Vec<Tag>,
    /// Tags that are taken from them first.
    #[serde(default)]
    #[schema(max_items = 50)]
    remove_tags: Vec<Tag>,
    /// Whether their results are to stay in memory before others.
    is_pinned: Option<bool>,
    /// Whether they are deleted.
    #[serde(default)]
    delete: bool,
    /// Whether they are brought back.
    #[serde(default)]
    restore: bool,
}

/// Tags, pins, deletes or brings back several runs, all of them or none
#[utoipa::path(
    post, path = "/api/v1/runs/bulk", operation_id = "changeRuns", tag = "runs",
    request_body = Bulk,
    responses((status = 204, description = "It is done to all of them."), WriteRefusals, NotFound),
)]
pub(super) async fn bulk(
    State(shared): State<Shared>,
    asker: Asker,
    Sent(bulk): Sent<Bulk>,
) -> Result<StatusCode, Refused> {
    let (runs, by) = (&shared.app.runs, by(&asker)?);
    if !(1..=MAX_TOGETHER).contains(&bulk.ids.len()) {
        let problem = format!("1 to {MAX_TOGETHER} runs are changed together");
        return Err(invalid("ids", problem).into());
    }
    let together = Together {
        add_tags: words(bulk.add_tags),
        remove_tags: words(bulk.remove_tags),
        is_pinned: bulk.is_pinned,
    };
    let is_changed = together != Together::default();
    match (bulk.delete, bulk.restore, is_changed) {
        (false, false, true) => {
            let done = runs.change_all(&by, &bulk.ids, &together).await;
            done.map_err(|error| called("tags", "add_tags", error))?;
        }
        (true, false, false) => runs.delete_all(&by, &bulk.ids).await?,
        (false, true, false) => runs.restore_all(&by, &bulk.ids).await?,
        (false, false, false) => {
            let problem =
                "say what is to be done: add_tags, remove_tags, is_pinned, delete or restore";
            return Err(invalid("ids", problem).into());
        }
        _ => {
            let problem = "whoever deletes runs, or brings them back, changes nothing else about them in one request";
            let field = if bulk.delete { "delete" } else { "restore" };
            return Err(invalid(field, problem).into());
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

fn words(tags: Vec<Tag>) -> Vec<String> {
    tags.into_iter().map(|Tag(tag)| tag).collect()
}
