//! What the Plot page asks of the server.

use leptos::prelude::*;
use workbench::{
    plot::{PlotData, PlotSpec, Region, SelectedRows},
    query::PageRequest,
};

use crate::{AppError, json::Json};

/// What to draw, and what to say beside it.
#[server(prefix = "/api", endpoint = "get_plot", input = Json, output = Json)]
pub(crate) async fn get_plot(result_id: String, spec: PlotSpec) -> Result<PlotData, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let result = caller.workspace()?.kept_result(&result_id).await?;
        Ok(caller.state.workbench.plot(&result, &spec).await?)
    })
    .await
}

/// The rows inside a part of the plot.
#[server(prefix = "/api", endpoint = "select_rows", input = Json, output = Json)]
pub(crate) async fn select_rows(
    result_id: String,
    spec: PlotSpec,
    region: Region,
    request: PageRequest,
) -> Result<SelectedRows, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let result = caller.workspace()?.kept_result(&result_id).await?;
        Ok(caller
            .state
            .workbench
            .select(&result, &spec, &region, &request)
            .await?)
    })
    .await
}
