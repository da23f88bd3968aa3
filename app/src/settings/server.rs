//! What the Settings page asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::told::ServerTold;
use crate::{
    AppError,
    json::{Json, Plain},
};

/// What only the server knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SettingsView {
    /// Bytes of the person's tables and merged result, the sample study apart.
    pub(super) held: u64,
    /// How many there may be.
    pub(super) most: u64,
    /// The server's settings, for who administers it.
    pub(super) server: Option<ServerTold>,
}

/// The answer, as the page waits for it.
pub(super) type Told = Resource<Result<SettingsView, AppError>, Plain>;

/// What the person's study holds, and the server's settings for who administers it.
#[server(prefix = "/api", endpoint = "get_settings", input = Json, output = Json)]
pub(super) async fn get_settings() -> Result<SettingsView, AppError> {
    crate::error::answer(async {
        let caller = crate::context::caller()?;
        let held = match caller.visitor.workspace(&caller.state, None) {
            Some(workspace) => workspace.held_bytes().await?,
            None => 0,
        };
        let is_administrator = caller.administers().await?;
        Ok(SettingsView {
            held,
            most: caller.state.workbench.limits().scope_bytes,
            server: is_administrator.then(|| caller.state.settings.clone()),
        })
    })
    .await
}
