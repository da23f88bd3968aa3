//! What the Data page asks of the server. Files themselves go to `POST /data/upload`.

use leptos::prelude::*;
use workbench::data::{Answer, KeyReport, Outcome};

use crate::{AppError, json::Json};

/// How the tables join, computed from the data.
#[server(prefix = "/api", endpoint = "get_key_report", input = Json, output = Json)]
pub(crate) async fn get_key_report() -> Result<KeyReport, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let study = caller.study().await?;
        Ok(caller.state.workbench.key_report(&study).await?)
    })
    .await
}

/// Answers a duplicate's question.
#[server(prefix = "/api", endpoint = "answer_import", input = Json, output = Json)]
pub(crate) async fn answer_import(id: String, answer: Answer) -> Result<Outcome, AppError> {
    crate::error::answer(async {
        let workspace = crate::context::caller()?.workspace()?;
        Ok(workspace.answer_import(&id, answer).await?)
    })
    .await
}

/// Takes a table out of the study; `restore_table` brings it back.
#[server(prefix = "/api", endpoint = "remove_table", input = Json, output = Json)]
pub(crate) async fn remove_table(name: String) -> Result<(), AppError> {
    crate::error::answer(async {
        let workspace = crate::context::caller()?.workspace()?;
        Ok(workspace.remove_table(&name).await?)
    })
    .await
}

/// Brings a removed table back.
#[server(prefix = "/api", endpoint = "restore_table", input = Json, output = Json)]
pub(crate) async fn restore_table(name: String) -> Result<(), AppError> {
    crate::error::answer(async {
        let workspace = crate::context::caller()?.workspace()?;
        workspace.restore_table(&name).await?;
        Ok(())
    })
    .await
}

/// Puts the sample study (back) into the study.
#[server(prefix = "/api", endpoint = "restore_samples", input = Json, output = Json)]
pub(crate) async fn restore_samples() -> Result<(), AppError> {
    crate::error::answer(async {
        let workspace = crate::context::caller()?.workspace()?;
        Ok(workspace.restore_samples().await?)
    })
    .await
}
