//! How much of tables, results and runs one workspace may hold.

use std::sync::Arc;

use holdfast::{Kind, Scope, State, StateId, StateManager};

use super::Workspace;
use crate::{Error, data::TableInfo};

/// States of one read.
const READ: usize = 200;

impl Workspace {
    /// Bytes of its tables, its merged result and its runs together, the sample study apart: what `data.scope_bytes` limits.
    ///
    /// # Errors
    /// When the states cannot be read.
    pub async fn held_bytes(&self) -> Result<u64, Error> {
        self.held_but(None).await
    }

    /// Whether there is room for so many bytes, in place of what stands under this id.
    ///
    /// # Errors
    /// [`Error::NoRoom`].
    pub(super) async fn check_room(&self, place: &StateId, bytes: u64) -> Result<(), Error> {
        if bytes == 0 {
            return Ok(());
        }
        let limit = self.workbench.limits().scope_bytes;
        fit(self.held_but(Some(place)).await?, bytes, limit)
    }

    async fn held_but(&self, place: Option<&StateId>) -> Result<u64, Error> {
        let tables = table_bytes(&self.manager, &self.scope, place).await?;
        let runs = match self.workbench.runs() {
            Some(runs) => runs.held(&self.scope).await?,
            None => 0,
        };
        Ok(tables.saturating_add(runs))
    }
}

/// Whether so many bytes fit beside those that a workspace holds.
///
/// # Errors
/// [`Error::NoRoom`].
pub(crate) fn fit(held: u64, wanted: u64, limit: u64) -> Result<(), Error> {
    if held.saturating_add(wanted) <= limit {
        return Ok(());
    }
    Err(Error::NoRoom {
        held,
        wanted,
        limit,
    })
}

/// Bytes of the tables and the result of a workspace, but for what stands under this id.
pub(crate) async fn table_bytes(
    states: &StateManager,
    scope: &Scope,
    but: Option<&StateId>,
) -> Result<u64, Error> {
    let all = datasets(states, scope).await?;
    let others = all.iter().filter(|state| Some(&state.id) != but);
    let held = others.map(|state| {
        let is_everybodys = state.data["is_sample"] == true;
        state.data["bytes"].as_u64().filter(|_| !is_everybodys)
    });
    Ok(held.flatten().fold(0, u64::saturating_add))
}

/// The states of tables, and of the result.
pub(super) async fn datasets(
    states: &StateManager,
    scope: &Scope,
) -> Result<Vec<Arc<State>>, Error> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = states.list(scope, Some(&Kind::DATASET), after.as_ref(), READ);
        let page = page.await?;
        let is_last = page.len() < READ;
        after = page.last().map(|state| state.id.clone());
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// What a table takes: of the sample study nothing, as everybody has the same files.
pub(super) fn bytes_of(table: &TableInfo) -> u64 {
    if table.is_sample { 0 } else { table.bytes }
}
