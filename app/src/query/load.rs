//! The first answers: what the page needs to be whole in its first byte. On the server they travel
//! with the page; in the browser they are asked for at the first visit only.

use serde::{Deserialize, Serialize};
use workbench::query::{CountReport, MergeSpec, Page, PageRequest, ResultColumn};

use super::{
    grid::pages::{PAGE, PLAIN_ROWS},
    server::{QueryOptions, get_count, get_page, get_query_options, preview_merge},
    spec::{self, Question, fitting},
    state::Query,
};
use crate::AppError;
use leptos::prelude::*;

/// Rows to begin with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FirstRows {
    pub(super) columns: Vec<ResultColumn>,
    pub(super) page: Page,
    /// The result they are of; without it they are a preview.
    pub(super) result_id: Option<String>,
}

/// The first answers, as far as there are any.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Loaded {
    pub(super) options: Option<QueryOptions>,
    pub(super) count: Option<CountReport>,
    pub(super) rows: Option<FirstRows>,
    pub(super) problem: Option<AppError>,
}

/// Asks for them. `page` is the plain page (1, 2, ...) that a browser without WASM asks for.
pub(super) async fn load(query: Query, page: u64) -> Loaded {
    let mut loaded = Loaded::default();
    let data = query.study.view.with_untracked(spec::data);
    if data.keys.is_none() {
        return loaded;
    }
    if let Err(error) = fill(query, page, data, &mut loaded).await {
        loaded.problem = Some(error);
    }
    loaded
}

async fn fill(
    query: Query,
    page: u64,
    data: spec::Data,
    loaded: &mut Loaded,
) -> Result<(), AppError> {
    let options = get_query_options().await?;
    let chosen = query.selection.get_untracked();
    let spec = MergeSpec {
        filters: query.filters.get_untracked(),
        selection: chosen.unwrap_or_else(|| options.default_selection.clone()),
        shape: query.shape.get_untracked(),
        consolidate_baseline: query.consolidate.get_untracked(),
    };
    loaded.options = Some(options);
    loaded.count = Some(get_count(spec.filters.clone(), spec.selection.clone()).await?);
    let question = Question { data, spec };
    loaded.rows = Some(first_rows(query, page, question).await?);
    Ok(())
}

async fn first_rows(query: Query, page: u64, question: Question) -> Result<FirstRows, AppError> {
    let result = query.study.result.get_untracked();
    if let Some(result) = result.filter(|result| question.is_answered_by(result)) {
        let view = fitting(&query.view.get_untracked(), &result.columns);
        let request = PageRequest {
            offset: page.saturating_sub(1).saturating_mul(PLAIN_ROWS),
            limit: PAGE,
            sort: view.sort,
            filters: view.filters,
        };
        if let Some(page) = get_page(result.id.clone(), request).await? {
            return Ok(FirstRows {
                columns: result.columns,
                page,
                result_id: Some(result.id),
            });
        }
    }
    let (columns, page) = preview_merge(question.spec, PAGE).await?;
    Ok(FirstRows {
        columns,
        page,
        result_id: None,
    })
}
