//! What the Query page asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workbench::query::{
    CohortFilters, CountReport, FilterOptions, MergeSpec, Page, PageRequest, ResultColumn,
    ResultInfo, Selection,
};

use crate::{AppError, json::Json};

/// What the filters offer, and the selection in force before a person chose one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct QueryOptions {
    pub(crate) filters: FilterOptions,
    pub(crate) default_selection: Selection,
}

/// What the filters offer for the present tables.
#[server(prefix = "/api", endpoint = "get_query_options", input = Json, output = Json)]
pub(crate) async fn get_query_options() -> Result<QueryOptions, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let study = caller.study().await?;
        Ok(QueryOptions {
            filters: caller.state.workbench.filter_options(&study).await?,
            default_selection: workbench::query::default_selection(&study),
        })
    })
    .await
}

/// The live count.
#[server(prefix = "/api", endpoint = "get_count", input = Json, output = Json)]
pub(crate) async fn get_count(
    filters: CohortFilters,
    selection: Selection,
) -> Result<CountReport, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let study = caller.study().await?;
        Ok(caller
            .state
            .workbench
            .count(&study, &filters, &selection)
            .await?)
    })
    .await
}

/// The first page of a merge, before the whole is on disk.
#[server(prefix = "/api", endpoint = "preview_merge", input = Json, output = Json)]
pub(crate) async fn preview_merge(
    spec: MergeSpec,
    limit: u32,
) -> Result<(Vec<ResultColumn>, Page), AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let study = caller.study().await?;
        let request = PageRequest {
            limit: limit.min(PageRequest::MAX_LIMIT),
            ..PageRequest::default()
        };
        Ok(caller
            .state
            .workbench
            .preview(&study, &spec, &request)
            .await?)
    })
    .await
}

/// Merges and keeps the result with the study. Asked again with the same question, it is there. `None` when the answer to
/// another question came in between: whoever still wants this one asks again.
#[server(prefix = "/api", endpoint = "merge_tables", input = Json, output = Json)]
pub(crate) async fn merge_tables(spec: MergeSpec) -> Result<Option<ResultInfo>, AppError> {
    crate::error::answer(async {
        let workspace = crate::context::caller()?.workspace()?;
        let cancel = crate::context::cancel_with_request();
        Ok(workspace
            .merge_in_turn(&spec, crate::context::now_ms(), &cancel.token())
            .await?)
    })
    .await
}

/// Rows of the merged result, one's own or one that somebody shares; `None` when a newer one has taken its place, which a page cannot know that asks
/// just then.
#[server(prefix = "/api", endpoint = "get_page", input = Json, output = Json)]
pub(crate) async fn get_page(
    result_id: String,
    request: PageRequest,
) -> Result<Option<Page>, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let workspace = caller.workspace()?;
        let page = async {
            let (state, visitor) = (&caller.state, &caller.visitor);
            let result = crate::sharing::result_to_read(state, visitor, &result_id).await?;
            Ok::<_, AppError>(state.workbench.page(&result, &request).await?)
        };
        match page.await {
            Ok(page) => Ok(Some(page)),
            Err(AppError::NotFound(_)) if workspace.had_result(&result_id).await? => Ok(None),
            Err(error) => Err(error),
        }
    })
    .await
}
