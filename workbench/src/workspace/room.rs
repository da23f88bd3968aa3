//! How much of tables and results one workspace may hold.

use holdfast::StateId;

use super::Workspace;
use crate::{Error, data::TableInfo};

impl Workspace {
    /// Whether there is room for so many bytes, in place of what stands under this id.
    ///
    /// # Errors
    /// [`Error::TooLarge`] with the setting.
    pub(super) async fn check_room(&self, place: &StateId, bytes: u64) -> Result<(), Error> {
        let limit = self.workbench.limits().scope_bytes;
        let others = self.datasets().await?;
        let others = others.iter().filter(|state| state.id != *place);
        let held = others.map(|state| {
            let is_everybodys = state.data["is_sample"] == true;
            state.data["bytes"].as_u64().filter(|_| !is_everybodys)
        });
        let whole = held.flatten().fold(bytes, u64::saturating_add);
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

/// What a table takes: of the sample study nothing, as everybody has the same files.
pub(super) fn bytes_of(table: &TableInfo) -> u64 {
    if table.is_sample { 0 } else { table.bytes }
}
