//! How much of tables and results one workspace may hold.

use std::sync::Arc;

use holdfast::{State, StateId};

use super::Workspace;
use crate::{Error, data::TableInfo};

impl Workspace {
    /// Bytes of its tables and its merged result together, the sample study apart: what `data.scope_bytes` limits.
    ///
    /// # Errors
    /// When the states cannot be read.
    pub async fn held_bytes(&self) -> Result<u64, Error> {
        Ok(bytes_in(self.datasets().await?.iter()))
    }

    /// Whether there is room for so many bytes, in place of what stands under this id.
    ///
    /// # Errors
    /// [`Error::TooLarge`] with the setting.
    pub(super) async fn check_room(&self, place: &StateId, bytes: u64) -> Result<(), Error> {
        let limit = self.workbench.limits().scope_bytes;
        let others = self.datasets().await?;
        let others = others.iter().filter(|state| state.id != *place);
        let whole = bytes.saturating_add(bytes_in(others));
        if bytes > 0 && whole > limit {
            return Err(Error::TooLarge {
                what: format!("{whole} bytes of tables and results in one workspace"),
                limit: format!("{limit} bytes"),
                setting: "data.scope_bytes",
            });
        }
        Ok(())
    }
}

/// What tables and results say of their size, the sample study apart.
fn bytes_in<'a>(states: impl Iterator<Item = &'a Arc<State>>) -> u64 {
    let held = states.map(|state| {
        let is_everybodys = state.data["is_sample"] == true;
        state.data["bytes"].as_u64().filter(|_| !is_everybodys)
    });
    held.flatten().fold(0, u64::saturating_add)
}

/// What a table takes: of the sample study nothing, as everybody has the same files.
pub(super) fn bytes_of(table: &TableInfo) -> u64 {
    if table.is_sample { 0 } else { table.bytes }
}
