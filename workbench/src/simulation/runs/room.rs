//! Whether a workspace has room for a run: its runs count beside its tables and its result.
//!
//! Deleted runs do not count, as deleted tables do not: they go by themselves. Two that are ordered at the same moment may
//! both find the last room, so that the bound is passed by as much as is ordered at once.

use std::sync::atomic::Ordering;

use holdfast::Scope;

use super::{Runs, RunsError, record::Record};
use crate::{
    Error,
    simulation::Order,
    workspace::{fit, table_bytes},
};

/// Bytes that a patient's year takes in a run's files, about: 11 under the reactive sample protocol, 23 under treat and extend,
/// 34 with a visit each month (`workbench/benches/simulation.rs`).
const BYTES_A_YEAR: f64 = 35.0;

impl Runs {
    /// From now on a workspace holds at most so many bytes of tables, results and runs; at first there is no bound.
    pub fn set_scope_bytes(&self, bytes: u64) {
        self.inner.scope_bytes.store(bytes, Ordering::Relaxed);
    }

    /// Bytes of the runs of a scope, with what those that are not over will about take.
    ///
    /// # Errors
    /// [`Error::State`] where the engine fails.
    pub async fn held(&self, scope: &Scope) -> Result<u64, Error> {
        let held = self.catalogue(scope, |all| all.bytes(expected)).await;
        held.map_err(|error| match error {
            RunsError::State(error) => error.into(),
            RunsError::Files(error) => error,
            error => Error::Internal(error.to_string()),
        })
    }

    /// Whether a workspace has room for so many bytes of runs.
    ///
    /// # Errors
    /// [`Error::NoRoom`].
    pub(super) async fn check_room(&self, scope: &Scope, wanted: u64) -> Result<(), Error> {
        let limit = self.inner.scope_bytes.load(Ordering::Relaxed);
        // Without a bound nobody need count.
        if wanted == 0 || limit == u64::MAX {
            return Ok(());
        }
        let tables = table_bytes(&self.inner.states, scope, None).await?;
        let runs = self.held(scope).await?;
        fit(tables.saturating_add(runs), wanted, limit)
    }
}

/// What so many patients and years will about take.
fn expected(patients: u32, years: f64) -> u64 {
    (f64::from(patients) * years * BYTES_A_YEAR) as u64
}

/// What an order will about take.
pub(super) fn bytes_of_order(order: &Order) -> u64 {
    expected(order.patients, order.duration_years)
}

/// What the tables of these take.
pub(super) fn bytes_of<'a>(records: impl Iterator<Item = &'a Record>) -> u64 {
    let results = records.filter_map(|record| record.result.as_ref());
    results.fold(0, |sum, result| sum.saturating_add(result.bytes))
}
