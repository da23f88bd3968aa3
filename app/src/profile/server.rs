//! What the Profile page asks of the server.

use leptos::prelude::*;
use workbench::profile::{Extent, Profile};

use crate::{AppError, json::Json};

/// A table of the study, described; the first one without a name. `None` while there is no table.
#[server(prefix = "/api", endpoint = "get_profile", input = Json, output = Json)]
pub(super) async fn get_profile(
    table: Option<String>,
    extent: Extent,
) -> Result<Option<Profile>, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let study = caller.tables().await?;
        let wanted = match &table {
            Some(name) => Some(study.table(name).ok_or_else(|| gone(name))?),
            None => study.tables.first(),
        };
        match wanted {
            Some(table) => Ok(Some(caller.state.workbench.profile(table, extent).await?)),
            None => Ok(None),
        }
    })
    .await
}

#[cfg(feature = "ssr")]
fn gone(name: &str) -> AppError {
    AppError::NotFound(format!(
        "There is no table {name} in this study (any more)."
    ))
}
